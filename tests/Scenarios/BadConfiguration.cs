namespace Phyllome.Seats.Scenarios;

public sealed class BadConfiguration(RunningPc running) : Scenario(running)
{
    [Theory]
    [InlineData("[[seat]]\nname = \"left\"\nguests = [\"alpha\"]\ndevice = [\"port:1-1\"]\n", "/etc/phyllome/seats.toml:4:1: ")]
    [InlineData("[[seat]\nname = \"left\"\n", "/etc/phyllome/seats.toml:1:")]
    public async Task A_broken_file_says_where_and_the_running_seats_stay_as_they_are(string broken, string where)
    {
        await BothSitDownAsync();
        var seats = Seats.Status.Seats;

        await Seats.ConfigureAsync(broken, Cancellation);
        var status = await Seats.WaitForStatusAsync("the fault to be reported", now => now.Host.Configuration is not null, Cancellation);

        Assert.StartsWith(where, status.Host.Configuration, StringComparison.Ordinal);
        Assert.Equal(seats, status.Seats);
        await EachReceivesItsOwnAsync(keys: 10, movements: 10);
        Assert.NotEqual(0, (await Pc.RunAsync("seatctl config check", Cancellation)).ExitCode);

        await Seats.ConfigureAsync(Seats.Configuration, Cancellation);
        await Seats.WaitForStatusAsync("the fault to be gone", now => now.Host.Configuration is null, Cancellation);
        Assert.Equal(0, (await Pc.RunAsync("seatctl config check", Cancellation)).ExitCode);
    }
}
