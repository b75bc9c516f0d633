using System.IO.Compression;
using Phyllome.Seats.Status;
using Phyllome.Seats.TwoSeats;
using Phyllome.Seats.VirtualPc.Guests;
using Phyllome.Seats.VirtualPc.Hardware;

namespace Phyllome.Seats.Scenarios;

/// <summary>A seat that is seen from elsewhere, in a PC of its own without a monitor for it, by a viewer that speaks RFB and TLS.</summary>
[Collection(Order.PcOfItsOwn)]
public sealed class RemoteDisplay
{
    const string Listen = "127.0.0.1:5901", Door = "/run/phyllome-seats/remote/left", Size = "2048x1536";

    /// <summary>X's symbols of a, b and c, and the kernel's keys.</summary>
    const int SymbolA = 0x61, SymbolB = 0x62, SymbolC = 0x63, KeyA = 30, KeyB = 48, KeyC = 46;

    static string Logs { get; } = Path.Combine(ThePackage.Artifacts, "remote-display");

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    static string Configuration => $$"""
        [[seat]]
        name = "left"
        guests = ["alpha", "beta"]
        devices = ["port:1-1"]
        displays = ["remote"]
        owner = "alice"
        remote = { listen = "{{Listen}}", size = "{{Size}}" }

        [[seat]]
        name = "right"
        guests = ["beta"]
        devices = ["port:1-2"]

        """;

    [Theory(Explicit = true)]
    [InlineData(StartOrder.Coldplug)]
    [InlineData(StartOrder.Hotplug)]
    public async Task Somebody_elsewhere_sees_the_guest_in_focus_pixel_for_pixel_and_types_into_it_and_a_killed_manager_sends_nobody_away(StartOrder order)
    {
        await using var seats = await TwoSeatPc.StartAsync(TwoSeatPc.OneCardHardware(DebianRelease.Bookworm), new Said(), Cancellation);
        var pc = seats.Pc;
        try
        {
            await pc.MustRunAsync($"useradd alice; echo {Convert.ToBase64String(await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "viewer.py"), Cancellation))} | base64 -d > /root/viewer.py", Cancellation);
            if (order == StartOrder.Coldplug) await seats.PlugInWhatIsMissingAsync(Cancellation);
            await seats.InstallAsync(ThePackage.Path, Cancellation);
            await seats.ConfigureAsync(Configuration, Cancellation);
            if (order == StartOrder.Hotplug) await seats.PlugInWhatIsMissingAsync(Cancellation);
            await seats.WaitForStatusAsync("the seat to say that it has no password", status => Left(status)?.Problems is [var only] && only.Contains("no password", StringComparison.Ordinal), Cancellation);
            await pc.MustRunAsync("echo Geheim-1 | seatctl remote left --password", Cancellation);
            await seats.WaitUntilBothSeatsAreActiveAsync(Cancellation);
            await seats.WaitUntilBothGuestsListenAsync(Cancellation);
            var remote = Left((await seats.WaitForStatusAsync("the password to be known", status => Left(status)?.Remote is { HasPassword: true }, Cancellation)))!.Remote!;
            Assert.Equal((Door, Listen, "alice", 0), (remote.Socket, remote.Listen, remote.User, remote.Viewers.Count));
            Assert.Equal(Size, Left(seats.Status)!.Displays[0].Mode);

            // Who does not know the password sees nothing, nor does another user at the socket.
            Assert.Contains("refused", await pc.MustRunAsync($"python3 /root/viewer.py {Listen} alice wrong < /dev/null", Cancellation), StringComparison.Ordinal);
            Assert.DoesNotContain("came", await pc.MustRunAsync($"cp /root/viewer.py /tmp; setpriv --reuid=nobody --clear-groups python3 /tmp/viewer.py {Door} < /dev/null", Cancellation), StringComparison.Ordinal);

            await ComeAsync(seats, "one", $"{Listen} alice Geheim-1", "alpha");
            Assert.Contains($"certificate {remote.Fingerprint}", await pc.MustRunAsync("cat /run/one.log", Cancellation), StringComparison.Ordinal);
            // As the package has OpenSSL configured.
            Assert.Contains("no session ticket", await pc.MustRunAsync("cat /run/one.log", Cancellation), StringComparison.Ordinal);
            Assert.Contains($"came {Size} ", await pc.MustRunAsync("cat /run/one.log", Cancellation), StringComparison.Ordinal);
            Assert.Contains("sees alpha", await pc.MustRunAsync("seatctl status; seatctl remote left", Cancellation), StringComparison.Ordinal);
            await SeesAsync(seats, "one", "alpha");
            await TypeAsync(seats, "one", SymbolA, seats.Alpha, KeyA);

            await LooksAloneAsync(seats);

            var door = await pc.MustRunAsync("pgrep -x phyllome-remote", Cancellation);
            seats.ForgetStatus();
            await pc.MustRunAsync("systemctl kill --signal=KILL phyllome-seatd.service", Cancellation);
            await seats.WaitForStatusAsync("the next manager to know who is there", status => Left(status)?.Remote?.Viewers is [{ Guest: "alpha" }], Cancellation);
            Assert.Equal(door, await pc.MustRunAsync("pgrep -x phyllome-remote", Cancellation));
            await SeesAsync(seats, "one", "alpha");

            await pc.MustRunAsync("seatctl focus left beta", Cancellation);
            await SaysAsync(seats, "one", "gone");
            await seats.WaitForStatusAsync("nobody to be there", status => Left(status) is { Focus: "beta", Remote.Viewers.Count: 0 }, Cancellation);
            // At the socket its owner and root need no password, and this time it is the other guest.
            await ComeAsync(seats, "two", Door, "beta");
            await SeesAsync(seats, "two", "beta");
            await pc.MustRunAsync("seatctl remote left --end", Cancellation);
            await SaysAsync(seats, "two", "gone");

            // A killed door is opened anew, at the same places.
            await pc.MustRunAsync("pkill -KILL -x phyllome-remote; timeout 60 sh -c 'exec tail --pid=$0 --follow /dev/null' " + door.Trim(), Cancellation);
            await pc.MustRunAsync("timeout 60 grep --max-count=2 'has its door open' < <(exec journalctl --follow --lines=all --output=cat --identifier=phyllome-remote)", Cancellation);
            await seats.WaitForStatusAsync("another door", status => Left(status) is { Problems.Count: 0, Remote.Fingerprint: { } fingerprint } && fingerprint == remote.Fingerprint, Cancellation);
            await ComeAsync(seats, "three", $"{Listen} alice Geheim-1", "beta");

            await seats.StopServiceAsync(Cancellation);
            await SaysAsync(seats, "three", "gone");
            Assert.Empty((await pc.RunAsync("pgrep -a phyllome; ls -A /run/phyllome-seats 2>/dev/null", Cancellation)).Output);
        }
        finally
        {
            await pc.CollectLogsAsync(Logs, Cancellation);
        }
    }

    /// <summary>A key that comes while viewers look alone goes nowhere, also not later.</summary>
    static async Task LooksAloneAsync(TwoSeatPc seats)
    {
        await seats.Pc.MustRunAsync("seatctl remote left --view-only on", Cancellation);
        await seats.WaitForStatusAsync("viewers to look alone", status => Left(status)?.Remote is { ViewOnly: true }, Cancellation);
        await DoAsync(seats, "one", $"key {SymbolB}");
        // What is asked for after it comes after it, on the same connection.
        await SeesAsync(seats, "one", "alpha");
        await seats.Pc.MustRunAsync("seatctl remote left --view-only off", Cancellation);
        await seats.WaitForStatusAsync("viewers to type again", status => Left(status)?.Remote is { ViewOnly: false }, Cancellation);
        await TypeAsync(seats, "one", SymbolC, seats.Alpha, KeyC);
        Assert.DoesNotContain(seats.Alpha.Received, one => one is { Type: 1, Code: KeyB });
    }

    static SeatStatus? Left(SeatsStatus status) => status.Seats.FirstOrDefault(seat => seat.Name == "left");

    static async Task ComeAsync(TwoSeatPc seats, string viewer, string where, string guest)
    {
        await seats.Pc.MustRunAsync($"mkfifo /run/{viewer}.in; setsid --fork python3 /root/viewer.py {where} <> /run/{viewer}.in > /run/{viewer}.log 2>&1", Cancellation);
        await SaysAsync(seats, viewer, "came");
        await seats.WaitForStatusAsync($"somebody to see {guest}", status => Left(status)?.Remote?.Viewers is [{ } one] && one.Guest == guest, Cancellation);
    }

    static async Task SaysAsync(TwoSeatPc seats, string viewer, string word) =>
        await seats.Pc.MustRunAsync($"timeout 120 grep --max-count=1 '^{word}' < <(exec tail --lines=+1 --follow /run/{viewer}.log) || {{ cat /run/{viewer}.log >&2; false; }}", Cancellation);

    static async Task DoAsync(TwoSeatPc seats, string viewer, string what) => await seats.Pc.MustRunAsync($"echo {what} > /run/{viewer}.in", Cancellation);

    static async Task TypeAsync(TwoSeatPc seats, string viewer, int symbol, PcGuest guest, int key)
    {
        var before = guest.Lines.Count;
        await DoAsync(seats, viewer, $"key {symbol}");
        await guest.WaitForAsync(
            $"key {key} to go down and up",
            lines => lines.OfType<GuestEvent>().Where(one => one.Type == 1 && one.Code == key).Select(one => one.Value).SequenceEqual([1, 0]), TwoSeatPc.GuestLimit, before, Cancellation);
    }

    /// <summary>The viewer's picture is that of the guest's card. Its console's cursor blinks, so that one may be taken between two blinks.</summary>
    static async Task SeesAsync(TwoSeatPc seats, string viewer, string guest)
    {
        const int Tries = 20;
        for (var taken = 1; taken <= Tries; taken++)
        {
            var name = $"/run/{viewer}-{Guid.NewGuid():N}";
            await DoAsync(seats, viewer, $"picture {name}.seen");
            await SaysAsync(seats, viewer, $"picture {name}.seen");
            await seats.Pc.MustRunAsync($"virsh --quiet screenshot {guest} {name}.is > /dev/null", Cancellation);
            if ((await PictureAsync(seats, $"{name}.seen")).DifferencesFrom(await PictureAsync(seats, $"{name}.is")) == 0)
                return;
        }

        Assert.Fail($"viewer {viewer} does not see what the card of {guest} holds, {Tries} times");
    }

    static async Task<Pixels> PictureAsync(TwoSeatPc seats, string file)
    {
        using var packed = new MemoryStream(Convert.FromBase64String(await seats.Pc.MustRunAsync($"gzip --fast --stdout {file} | base64 --wrap=0 && rm {file}", Cancellation)));
        using var unpacked = new MemoryStream();
        await using (var stream = new GZipStream(packed, CompressionMode.Decompress))
            await stream.CopyToAsync(unpacked, Cancellation);
        return Pixels.Read(unpacked.ToArray());
    }
}
