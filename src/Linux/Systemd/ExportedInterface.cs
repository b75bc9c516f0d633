using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Phyllome.Seats.Linux.Systemd.NativeSystemd;

namespace Phyllome.Seats.Linux.Systemd;

/// <summary>An interface at a path, answering calls and reads of its properties.</summary>
internal sealed class ExportedInterface : BusEntry
{
    private readonly string _path;
    private readonly bool _announced;
    private readonly NativeVtable _vtable;
    private readonly Dictionary<string, AnswerCall> _methods;
    private readonly Dictionary<string, WriteBody> _properties;

    /// <summary>On the bus's thread.</summary>
    /// <param name="announce">Whether the object manager above tells of it, coming and going.</param>
    internal unsafe ExportedInterface(BusLoop loop, string path, BusInterface description, bool announce) : base(loop)
    {
        _path = path;
        _announced = announce;
        _methods = description.Methods.ToDictionary(method => method.Name, method => method.Answer);
        _properties = description.Properties.ToDictionary(property => property.Name, property => property.Write);
        _vtable = new(description, &OnCall, &OnGet);
        loop.Keep(this);
        try
        {
            BusException.Check(
                sd_bus_add_object_vtable(loop.Bus, out var slot, path, description.Name, _vtable.Entries, Self), $"export {description.Name} at {path}");
            Slot = new(slot);
            if (announce)
                BusException.Check(sd_bus_emit_object_added(loop.Bus, path), $"announce {path}");
        }
        catch (BusException)
        {
            loop.Release(this);
            throw;
        }
    }

    /// <summary>Takes it from the bus, and says so where it was announced.</summary>
    internal void Withdraw()
    {
        try
        {
            if (_announced)
                BusException.Check(sd_bus_emit_object_removed(Loop.Bus, _path), $"announce the end of {_path}");
        }
        finally
        {
            Loop.Release(this);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _vtable.Dispose();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe int OnCall(nint message, nint userdata, sd_bus_error* error)
    {
        // Safety: the message is kept by a reference of its own until it is answered. Nothing may be thrown through sd-bus.
        try
        {
            var export = Find<ExportedInterface>(userdata);
            var member = Marshal.PtrToStringUTF8((nint)sd_bus_message_get_member(message))!;
            var caller = new BusCaller(
                Marshal.PtrToStringUTF8((nint)sd_bus_message_get_sender(message)), sd_bus_message_get_allow_interactive_authorization(message) > 0);
            var answer = export._methods[member](caller, new(message));
            _ = export.AnswerWhenDoneAsync(new(sd_bus_message_ref(message)), answer);
            return 1;
        }
        catch (Exception fault)
        {
            return Refuse(error, fault);
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe int OnGet(nint bus, byte* path, byte* @interface, byte* property, nint reply, nint userdata, sd_bus_error* error)
    {
        // Safety: the name is borrowed for this call and copied. Nothing may be thrown through sd-bus.
        try
        {
            Find<ExportedInterface>(userdata)._properties[Marshal.PtrToStringUTF8((nint)property)!](new(reply));
            return 1;
        }
        catch (Exception fault)
        {
            return Refuse(error, fault);
        }
    }

    private static unsafe int Refuse(sd_bus_error* error, Exception fault) => sd_bus_error_set(error, NameOf(fault), fault.Message);

    private static string NameOf(Exception fault) => (fault as BusException)?.Name ?? BusErrors.Failed;

    private async Task AnswerWhenDoneAsync(MessageHandle call, Task<WriteBody?> answer)
    {
        WriteBody? body = null;
        Exception? fault = null;
        try
        {
            body = await answer.ConfigureAwait(false);
        }
        catch (Exception thrown)
        {
            fault = thrown;
        }
        // Where the bus has ended there is nobody left to tell; where even an error can't be sent, it must end.
        Loop.Post(() => Answer(call, body, fault), unsent =>
        {
            call.Dispose();
            Loop.Fail(unsent);
        });
    }

    private void Answer(MessageHandle call, WriteBody? body, Exception? fault)
    {
        using (call)
        {
            try
            {
                if (fault == null)
                {
                    BusException.Check(sd_bus_message_new_method_return(call, out var pointer), "make an answer");
                    using var answer = new MessageHandle(pointer);
                    body?.Invoke(new(pointer));
                    Send(answer);
                    return;
                }
            }
            catch (Exception thrown)
            {
                fault = thrown;
            }
            SendError(call, fault);
        }
    }

    private unsafe void SendError(MessageHandle call, Exception fault)
    {
        sd_bus_error error = default;
        // Safety: sd_bus_error_set copies both strings, sd_bus_error_free frees them.
        sd_bus_error_set(&error, NameOf(fault), fault.Message);
        try
        {
            BusException.Check(sd_bus_message_new_method_error(call, out var pointer, error), "make an error answer");
            using var answer = new MessageHandle(pointer);
            Send(answer);
        }
        finally
        {
            sd_bus_error_free(ref error);
        }
    }

    private void Send(MessageHandle answer) => BusException.Check(sd_bus_send(Loop.Bus, answer, 0), "send an answer");
}
