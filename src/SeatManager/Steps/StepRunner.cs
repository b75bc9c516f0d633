using System.Text.Json;
using Akka.Actor;
using Phyllome.Seats.Helping;
using Phyllome.Seats.Linux.Libc;
using Phyllome.Seats.Linux.Systemd;
using Phyllome.Seats.Planning;
using Phyllome.Seats.Routing;
using Phyllome.Seats.SeatManager.Desktops;
using Phyllome.Seats.SeatManager.Pinning;
using Phyllome.Seats.SeatManager.Remote;
using Phyllome.Seats.SeatManager.Routing;
using Phyllome.Seats.SeatManager.Screens;
using Phyllome.Seats.VmBridge;

namespace Phyllome.Seats.SeatManager.Steps;

/// <summary>Steps of the helper (devices), of the router (routes) and of libvirt (guests).</summary>
/// <param name="gpuHelper">The same program, confined otherwise, for graphics cards.</param>
/// <param name="functions">All PCI functions of a graphics card: it goes with its audio and all else in its slot.</param>
/// <param name="renderNode">The render node of a graphics card, by its PCI address.</param>
/// <param name="processors">Says which of the host's processors a guest that starts gets.</param>
/// <param name="lender">Has the monitors that are lent to presenters.</param>
/// <param name="displays">The displays of guests, for presenters.</param>
/// <param name="doors">Has the doors of the seats that are seen from elsewhere.</param>
/// <param name="desktops">The desktops that lend monitors.</param>
/// <param name="leases">Looks at what these give.</param>
/// <param name="rulesWritten">Told when udev's rules are new, before the step is said to be done.</param>
internal sealed class StepRunner(
    HelperClient helper, HelperClient gpuHelper, IActorRef router, IActorRef processors, GuestHost guests, Func<string, ValueList<string>> functions,
    Func<string, string?> renderNode, Action<string> warn,
    MonitorLender lender, GuestDisplays displays, RemoteDoors doors, SessionDesktops desktops, DesktopLease leases, Action rulesWritten) : IStepRunner
{
    /// <summary>Above the router actor's own deadline, which has the better sentence.</summary>
    private static readonly TimeSpan RouterPatience = TimeSpan.FromSeconds(20);

    public async Task RunAsync(Step step, CancellationToken cancellation)
    {
        try
        {
            await (step switch
            {
                TakeSource take => HelpAsync(step, new OpenSourceNode(take.Node.Input, take.Node.Event), cancellation),
                CreateSink create => HelpAsync(step, new CreateSinkNode(create.Guest, create.GuestName, create.Kind), cancellation),
                CreateClone clone => HelpAsync(step, new CreateCloneNode(clone.Guest, CloneName.Of(clone.Device, clone.Node), clone.Node.Input, clone.Node.Event), cancellation),
                AttachClone attach => guests.AttachCloneAsync(
                    attach.Guest, new(attach.CloneOf, EventNode(attach.Event)), attach.Wish?.Profile, attach.Wish?.Input, cancellation),
                ReleaseSource release => RouteAsync(step, new CloseSource(0, release.Input), cancellation),
                RemoveSink remove => RouteAsync(step, new CloseSink(0, remove.Input), cancellation),
                Route route => RouteAsync(step, new SetSeat(0, route.Seat, route.To), cancellation),
                Unroute => RouteAsync(step, new ForgetSeat(0, step.Seat), cancellation),
                SetLive live => RouteAsync(step, new SetGuestLive(0, live.Guest, live.Live) { Clones = live.Clones }, cancellation),
                KeepOffHost keep => KeepOffAsync(keep, cancellation),
                MakeGpuPart make => GpuAsync(step, make.Part.ToString(), make.Part.Type is { } type
                    ? new MakeMediated(make.Part.Card, type, make.Part.Of(make.Seat)) : new SplitGpu(make.Part.Card, make.Count), cancellation),
                CloneGuest clone => guests.CloneAsync(clone.CloneOf.Base, clone.GuestName, throwaway: !clone.CloneOf.Persistent, cancellation),
                DiscardGuest discard => guests.DiscardAsync(discard.Guest, cancellation),
                StartGuest start => StartAsync(start, cancellation),
                AdoptGuest adopt => AdoptAsync(adopt, cancellation),
                AttachUsb attach => guests.AttachUsbAsync(attach.Guest, attach.Usb, cancellation),
                DetachUsb detach => guests.DetachUsbAsync(detach.Guest, detach.Usb, cancellation),
                LendMonitor { Loan: { } loan } lend => lender.LendAsync(
                    ScreenOf(lend), loan, () => desktops.LendAsync(loan, lend.Connector, cancellation), leases.ObjectsOf, cancellation),
                LendMonitor lend => lender.LendAsync(ScreenOf(lend), () => OpenAsync(lend, cancellation), cancellation),
                TakeMonitorBack back => lender.TakeBackAsync(back.Connector, cancellation),
                TurnMonitor turn => Task.Run(() => lender.Turn(turn.Connector, turn.Rotation), cancellation),
                ShowPicture show => ShowAsync(show, cancellation),
                ShowNoPicture none => Task.Run(() => lender.ShowNothing(none.Connector), cancellation),
                SayOnScreen say => Task.Run(() => lender.Say(say.Connector, say.Words), cancellation),
                AskOnScreen ask => Task.Run(() => lender.Ask(ask.Connector, ask.Question), cancellation),
                OpenRemote open => doors.OpenAsync(open.Door, cancellation),
                ChangeRemote change => doors.ChangeAsync(change.Door, cancellation),
                CloseRemote close => Task.Run(() => doors.Close(close.Seat), cancellation),
                EndRemoteViewers end => Task.Run(() => doors.EndViewers(end.Seat), cancellation),
                StopGuest stop => guests.ShutdownAsync(stop.Guest, cancellation),
                SaveGuest save => guests.SaveAsync(save.Guest, cancellation),
                _ => throw new StepException($"Could not {step.Sentence}: this manager does not know how."),
            }).ConfigureAwait(false);
        }
        catch (GuestException failure)
        {
            throw new StepException(failure.Message, failure);
        }
        catch (Exception failure) when (failure is LinuxException or JsonException or AskTimeoutException or IOException or UnauthorizedAccessException)
        {
            throw new StepException($"Could not {step.Sentence}: {failure.Message}", failure);
        }
    }

    private async Task HelpAsync(Step step, HelperOperation operation, CancellationToken cancellation)
    {
        await AskHelperAsync(step, operation, cancellation).ConfigureAwait(false);
        // The router has it since before the helper's answer, but what it tells of that may be on its way.
        await RouteAsync(step, new QueryState(0), cancellation).ConfigureAwait(false);
    }

    private async Task KeepOffAsync(KeepOffHost keep, CancellationToken cancellation)
    {
        await AskHelperAsync(keep, new WriteHostRules(keep.Rules), cancellation).ConfigureAwait(false);
        rulesWritten();
    }

    private async Task AskHelperAsync(Step step, HelperOperation operation, CancellationToken cancellation)
    {
        if (await ResultAsync(helper, step, operation, cancellation).ConfigureAwait(false) is { Errno: not 0 } failed)
            throw new StepException($"Could not {step.Sentence}: {failed.Sentence}");
    }

    private static async Task<HelperResult> ResultAsync(HelperClient of, Step step, HelperOperation operation, CancellationToken cancellation)
    {
        var reply = await of.AskAsync(new([operation]), cancellation).ConfigureAwait(false);
        return reply.Results is [var only] ? only
            : throw new StepException($"Could not {step.Sentence}: the device helper answered {reply.Results.Count} results to one operation.");
    }

    /// <summary>
    /// The card is the guest's, whole, or it is said why not and the seat goes on without. A helper that does not come back is left to itself: it
    /// is one process, and nobody else waits for it.
    /// </summary>
    /// <param name="gpu">By what it is refused, so that the next plan goes on without.</param>
    private async Task GpuAsync(Step step, string gpu, HelperOperation operation, CancellationToken cancellation)
    {
        string? refusal;
        var what = operation is TakeGpu ? "taken from the host" : "split";
        try
        {
            var result = await ResultAsync(gpuHelper, step, operation, cancellation).ConfigureAwait(false);
            if (result.Errno == 0)
                return;
            refusal = result.Sentence ?? "it was refused";
            if ((Errno)result.Errno is not (Errno.EPERM or Errno.EBUSY or Errno.EIO))
                throw new StepException($"Could not {step.Sentence} with the gpu {gpu}: {refusal}");
        }
        catch (LinuxException failure) when (failure.Errno == Errno.ETIMEDOUT)
        {
            refusal = $"stuck, reboot needed: it was to be {what}, and that has not ended; 'journalctl -u phyllome-gpu-helper@*' has the last write";
        }
        catch (LinuxException failure) when (failure.Errno == Errno.ECONNRESET)
        {
            refusal = $"it was to be {what}, and whoever was to do that died of it; see: journalctl -k";
        }
        throw new StepException($"Could not {step.Sentence} with the gpu {gpu}: {refusal}") { Refused = new(gpu, refusal) };
    }

    private static LentScreen ScreenOf(LendMonitor lend) => new(lend.Seat, lend.Connector) { Rotation = lend.Rotation };

    private async Task<FileDescriptor> OpenAsync(LendMonitor lend, CancellationToken cancellation)
    {
        var (reply, card) = await gpuHelper.AskForAsync(new([new OpenCard(lend.Card)]), cancellation).ConfigureAwait(false);
        if (card is not null && reply.Results is [{ Errno: 0 }])
            return card;
        card?.Dispose();
        throw new StepException($"Could not {lend.Sentence}: {(reply.Results is [var refused, ..] ? refused.Sentence : null) ?? "no card came with the device helper's answer"}");
    }

    private async Task ShowAsync(ShowPicture show, CancellationToken cancellation)
    {
        try
        {
            using var display = await displays.OpenAsync(show, cancellation).ConfigureAwait(false);
            lender.Show(show.Connector, show.GuestName, show.Head, display);
        }
        catch (BusException failure)
        {
            throw new StepException($"Could not {show.Sentence}: {failure.Message}", failure);
        }
    }

    private async Task<RouterState> RouteAsync(Step step, RouterRequest request, CancellationToken cancellation)
    {
        var answer = await router.Ask<RouterAnswer>(new AskRouter(request), RouterPatience, cancellation).ConfigureAwait(false);
        return answer.State ?? throw new StepException($"Could not {step.Sentence}: {answer.Refusal}.");
    }

    private async Task StartAsync(StartGuest start, CancellationToken cancellation)
    {
        // A mediated device has VFIO's driver as soon as it is made.
        if (start is { Gpu: { } card, Taking: { } taking, Part: not { Type: not null } })
            await GpuAsync(start, card, new TakeGpu(card, taking == GpuTaking.Named), cancellation).ConfigureAwait(false);
        var state = await RouteAsync(start, new QueryState(0), cancellation).ConfigureAwait(false);
        var overlay = new SeatOverlay(start.Seat, Node(state, start, start.Guest, SinkKind.Keyboard), Node(state, start, start.Guest, SinkKind.Pointer), start.Gpu is { } gpu ? functions(gpu) : [])
        {
            Mediated = start.Part is { Type: not null } && Guid.TryParse(start.Gpu, out var device) ? device : null,
            IsPart = start.Part is not null,
            Profile = start.Wish?.Profile,
            Input = start.Wish?.Input,
            Clones = state.Sinks.Where(sink => sink.Guest == start.Guest && sink.CloneOf is not null).OrderBy(sink => sink.Input)
                .Select(sink => new CloneInput(sink.CloneOf!, EventNode(sink.Event))).ToValueList(),
            Usb = start.Usb,
            Screen = start.Screen,
            Heads = start.Heads,
            RenderNode = start.ScreenCard is { } screenCard ? renderNode(screenCard) : null,
            Remote = start.Remote,
        };
        var need = await guests.ReadProcessorsAsync(start.Guest, cancellation).ConfigureAwait(false);
        var answer = await processors.Ask<PinningAnswer>(new GuestStarts(start.Seat, start.GuestName, start.Guest, start.Gpu, need), RouterPatience, cancellation).ConfigureAwait(false);
        try
        {
            if (await guests.StartAsync(start.Guest, overlay with { Pinning = answer.Pinning }, cancellation).ConfigureAwait(false) is { } warning)
                warn(warning);
        }
        finally
        {
            processors.Tell(new GuestStartEnded(start.Guest));
        }
    }

    private async Task AdoptAsync(AdoptGuest adopt, CancellationToken cancellation)
    {
        var state = await RouteAsync(adopt, new QueryState(0), cancellation).ConfigureAwait(false);
        var overlay = new SeatOverlay(adopt.Seat, Node(state, adopt, adopt.Guest, SinkKind.Keyboard), Node(state, adopt, adopt.Guest, SinkKind.Pointer), [])
        {
            Profile = adopt.Wish?.Profile,
            Input = adopt.Wish?.Input,
        };
        await guests.AttachInputsAsync(adopt.Guest, overlay, cancellation).ConfigureAwait(false);
    }

    private static string Node(RouterState state, Step step, Guid guest, SinkKind kind) => state.Sinks.FirstOrDefault(sink => sink.Guest == guest && sink.Kind == kind) is { } sink
        ? EventNode(sink.Event)
        : throw new StepException($"Could not {step.Sentence}: the input router has no virtual {kind.ToString().ToLowerInvariant()} of it.");

    private static string EventNode(int number) => $"/dev/input/event{number}";
}
