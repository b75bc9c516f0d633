using Akka.Actor;
using Akka.TestKit.Xunit;
using Phyllome.Seats.Configuration;
using Phyllome.Seats.SeatManager.Observing;
using Xunit;

namespace Phyllome.Seats.SeatManager.Tests.Observing;

public sealed class ConfigurationSpecs : TestKit
{
    private const string Left = "[[seat]]\nname = \"left\"\nguests = [\"windows\"]\ndevices = [\"port:1-2\"]\n";
    private const string Bad = "[[seat]]\nname = 7\n";

    private readonly Scratch _scratch = new();

    private string Directory => _scratch["phyllome"];

    private string File => Path.Combine(Directory, "seats.toml");

    [Fact]
    public async Task With_no_file_nothing_should_be_asked_for()
    {
        Start();
        Assert.Equal(new(SeatsConfiguration.Default, []), await NextAsync());
    }

    [Fact]
    public async Task A_directory_and_a_file_that_come_later_should_be_seen()
    {
        Start();
        await NextAsync();
        System.IO.Directory.CreateDirectory(Directory);
        await System.IO.File.WriteAllTextAsync(File, Left, TestContext.Current.CancellationToken);
        Assert.Equal(["left"], (await NextAsync()).InForce.Seats.Select(seat => seat.Name));
    }

    [Fact]
    public async Task A_bad_file_should_be_reported_and_leave_in_force_what_was()
    {
        Write(Left);
        Start();
        var good = await NextAsync();
        Write(Bad);
        var bad = await NextAsync();
        Assert.Equal(good.InForce, bad.InForce);
        Assert.Contains($"{File}:2:8: ", string.Join(" ", bad.Fault), StringComparison.Ordinal);
        Write(Left);
        Assert.Equal(good, await NextAsync());
    }

    [Fact]
    public async Task A_file_that_was_never_good_should_let_no_seat_form()
    {
        Write(Bad);
        Start();
        Assert.Equal(SpawnMode.Off, (await NextAsync()).InForce.Spawn.Mode);
        System.IO.File.Delete(File);
        Assert.Equal(SpawnMode.Auto, (await NextAsync()).InForce.Spawn.Mode);
    }

    [Fact]
    public async Task A_file_that_is_renamed_over_the_old_one_should_be_seen()
    {
        Write(Left);
        Start();
        await NextAsync();
        var other = Path.Combine(Directory, "seats.toml~new");
        await System.IO.File.WriteAllTextAsync(other, Left.Replace("left", "right", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        System.IO.File.Move(other, File, overwrite: true);
        Assert.Equal(["right"], (await NextAsync()).InForce.Seats.Select(seat => seat.Name));
    }

    [Fact]
    public async Task A_file_that_goes_should_leave_nothing_asked_for_even_with_its_directory()
    {
        Write(Left);
        Start();
        await NextAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
        Assert.Equal(SeatsConfiguration.Default, (await NextAsync()).InForce);
        Write(Left);
        Assert.Single((await NextAsync()).InForce.Seats);
    }

    [Fact]
    public async Task Writing_the_same_again_should_tell_nothing()
    {
        Write(Left);
        Start();
        await NextAsync();
        Write(Left);
        Write(Left.Replace("left", "right", StringComparison.Ordinal));
        Assert.Equal(["right"], (await NextAsync()).InForce.Seats.Select(seat => seat.Name));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _scratch.Dispose();
    }

    private void Start() =>
        Sys.ActorOf(ObserverActor<ConfigurationObserved>.Props(File, new ConfigurationFile(File))).Tell(Listen.Instance, TestActor);

    /// <summary>At once, as editors do it: written beside and renamed, so that no half of a file is ever read.</summary>
    private void Write(string text)
    {
        System.IO.Directory.CreateDirectory(Directory);
        var beside = Path.Combine(Directory, ".beside");
        System.IO.File.WriteAllText(beside, text);
        System.IO.File.Move(beside, File, overwrite: true);
    }

    private ValueTask<ConfigurationObserved> NextAsync() =>
        ExpectMsgAsync<ConfigurationObserved>(TimeSpan.FromSeconds(20), cancellationToken: TestContext.Current.CancellationToken);
}
