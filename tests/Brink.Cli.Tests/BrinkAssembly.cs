using System.CommandLine;
using System.Reflection;

namespace Brink.Cli.Tests;

/// <summary>The assembly of the program brink in this process, for what no command line shows.</summary>
internal static class BrinkAssembly
{
    private static readonly Assembly Cli = Assembly.LoadFrom(BrinkProgram.Program);

    /// <summary>The tree of commands.</summary>
    public static Command Root() => (Command)Static("CommandLine", "Root", typeof(IReadOnlyList<string>)).Invoke(null, [Array.Empty<string>()])!;

    /// <summary>What the program does with a command line that was parsed.</summary>
    /// <returns>The exit code.</returns>
    public static int Answer(ParseResult parsed) => (int)Static("Answer", "To", typeof(ParseResult)).Invoke(null, [parsed])!;

    private static MethodInfo Static(string type, string method, Type parameter) =>
        Cli.GetType($"Brink.Cli.{type}", throwOnError: true)!.GetMethod(method, [parameter])!;
}
