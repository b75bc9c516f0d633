using System.Reflection;

namespace Phyllome.Seats.Linux;

/// <summary>What each of our programs answers that does its work without arguments.</summary>
public static class ProgramArguments
{
    /// <summary>Answers <c>--help</c> and <c>--version</c>; to anything else, how the program is used.</summary>
    /// <returns>The exit code to end with; null where there are no arguments, and the work is to be done.</returns>
    public static int? Answer(string[] args, string usage)
    {
        switch (args)
        {
            case []:
                return null;
            case ["--help"]:
                Console.WriteLine(usage);
                return 0;
            case ["--version"]:
                var program = Assembly.GetEntryAssembly()!;
                Console.WriteLine($"{program.GetName().Name} {program.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion}");
                return 0;
            default:
                Console.Error.WriteLine(usage);
                return 2;
        }
    }
}
