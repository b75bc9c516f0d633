namespace Phyllome.Seats.Screen;

/// <summary>remote-viewer, full-screen, under weston with the shell for kiosks and no more than that; its renderer is for cards without 3D.</summary>
sealed class ViewerShower(BenchPc bench) : Shower(bench)
{
    public override string Name => $"remote-viewer ({Bench.Protocol}) under weston";

    public override async Task StartAsync()
    {
        await Bench.Pc.MustRunAsync($"""
            set -e
            mkdir --parents --mode=700 /run/weston
            systemd-run --quiet --unit=weston --service-type=notify --property=TimeoutStartSec=120 --setenv=XDG_RUNTIME_DIR=/run/weston \
              weston --no-config --backend=drm-backend.so --drm-device={Bench.Card} --tty=7 --use-pixman --shell=kiosk-shell.so \
              --modules=systemd-notify.so --idle-time=0 --socket=wayland-1
            systemd-run --quiet --unit=viewer --service-type=exec --setenv=XDG_RUNTIME_DIR=/run/weston --setenv=WAYLAND_DISPLAY=wayland-1 \
              --setenv=GDK_BACKEND=wayland --setenv=NO_AT_BRIDGE=1 --setenv=HOME=/root \
              remote-viewer --full-screen {Bench.Address}
            """);
    }

    public override Task<IReadOnlyList<Part>> PartsAsync() => Task.FromResult<IReadOnlyList<Part>>([new("remote-viewer", "viewer.service"), new("weston", "weston.service")]);

    public override async Task StopAsync() => await Bench.Pc.MustRunAsync("systemctl stop viewer.service weston.service");
}
