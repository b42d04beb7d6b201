using System.CommandLine;
using System.Reflection;

namespace Brink.Cli.Tests;

/// <summary>The assembly of the program brink, loaded into this process: for tests that no command line allows.</summary>
internal static class BrinkAssembly
{
    private static readonly Assembly Cli = Assembly.LoadFrom(BrinkProgram.Program);

    /// <summary>The tree of commands.</summary>
    public static Command Root() => (Command)Static("CommandLine", "Root", typeof(IReadOnlyList<string>)).Invoke(null, [Array.Empty<string>()])!;

    /// <summary>Runs a parsed command line as the program does.</summary>
    /// <returns>The exit code.</returns>
    public static int Answer(ParseResult parsed) => (int)Static("Answer", "To", typeof(ParseResult)).Invoke(null, [parsed])!;

    private static MethodInfo Static(string type, string method, Type parameter) =>
        Cli.GetType($"Brink.Cli.{type}", throwOnError: true)!.GetMethod(method, [parameter])!;
}
