using System.Diagnostics;

namespace Brink.Cli;

/// <summary>This program, as a child process.</summary>
internal static class OwnProgram
{
    /// <summary>Returns the command line that starts this program.</summary>
    /// <exception cref="InputException">The system does not give the path of this program.</exception>
    public static IReadOnlyList<string> CommandLine()
    {
        var program = Environment.ProcessPath
            ?? throw new InputException("cannot start a child process: the system does not give the path of this program");
        // dotnet needs the assembly of this program as its first argument.
        return Path.GetFileNameWithoutExtension(program) == "dotnet" ? [program, Environment.GetCommandLineArgs()[0]] : [program];
    }

    /// <summary>Returns how to start this program.</summary>
    /// <param name="arguments">Its arguments.</param>
    /// <exception cref="InputException">The system does not give the path of this program.</exception>
    public static ProcessStartInfo Start(IEnumerable<string> arguments)
    {
        var line = CommandLine();
        return new(line[0], [.. line.Skip(1), .. arguments]) { UseShellExecute = false };
    }
}
