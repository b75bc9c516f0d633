using System.CommandLine;
using System.CommandLine.Help;
using System.Diagnostics;
using Xunit;

namespace Phyllome.Seats.SeatCtl.Tests;

/// <summary>packaging/completions/seatctl, held against the commands that there are.</summary>
public sealed class CompletionTests
{
    private const string Ask = """
        source "$1"; shift
        COMP_WORDS=(seatctl "$@") COMP_CWORD=$#
        _seatctl; printf '%s\n' "${COMPREPLY[@]}"
        """;

    [Fact]
    public async Task Each_command_and_each_option_should_be_offered_where_it_can_stand()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/bash"), "bash is not installed");
        using Written output = new(), error = new();
        var root = CommandTree.Build(new(output, error, false, false, () => 80, ""));
        await HoldAsync(root, root, []);
    }

    private static async Task HoldAsync(RootCommand root, Command command, string[] path)
    {
        var below = command.Subcommands.Where(one => !one.Hidden).ToArray();
        if (below.Length > 0)
            Assert.Equal(below.Select(one => one.Name).Order(StringComparer.Ordinal), (await OfferedAsync([.. path, ""])).Order(StringComparer.Ordinal));
        if (below.Length == 0 || command == root)
        {
            var options = command.Options.Concat(root.Options).Where(one => one is not VersionOption || command == root).Select(one => one.Name).Distinct();
            Assert.Equal(options.Order(StringComparer.Ordinal), (await OfferedAsync([.. path, "-"])).Order(StringComparer.Ordinal));
            // The options come after the arguments too.
            if (command.Arguments.Count > 0)
                Assert.Equal(options.Order(StringComparer.Ordinal), (await OfferedAsync([.. path, .. command.Arguments.Select(_ => "x"), "-"])).Order(StringComparer.Ordinal));
        }
        foreach (var one in below)
            await HoldAsync(root, one, [.. path, one.Name]);
    }

    private static async Task<string[]> OfferedAsync(string[] words)
    {
        using var bash = Process.Start(new ProcessStartInfo("/usr/bin/bash", ["--norc", "-c", Ask, "bash", Find(), .. words]) { RedirectStandardOutput = true })!;
        var offered = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        return offered.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Find()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (Path.Combine(directory, "packaging", "completions", "seatctl") is var script && File.Exists(script))
                return script;
        }
        throw new FileNotFoundException("packaging/completions/seatctl is not above the test program");
    }
}
