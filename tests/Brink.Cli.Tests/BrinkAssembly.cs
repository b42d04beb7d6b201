using System.CommandLine;
using System.Reflection;

namespace Brink.Cli.Tests;

/// <summary>The assembly of the program brink, loaded into this process.</summary>
internal static class BrinkAssembly
{
    private static readonly Assembly Cli = Assembly.LoadFrom(BrinkProgram.Program);

    /// <summary>The commands, hidden ones too, each with the words that call it.</summary>
    public static IEnumerable<(string[] Path, Command Command)> Commands() => Below([], Root());

    private static IEnumerable<(string[] Path, Command Command)> Below(string[] path, Command command) =>
        command.Subcommands.SelectMany(one => Below([.. path, one.Name], one)).Prepend((path, command));

    private static Command Root() =>
        (Command)Static("CommandLine", "Root", typeof(IReadOnlyList<string>)).Invoke(null, [Array.Empty<string>()])!;

    /// <summary>Runs a parsed command line as the program does.</summary>
    /// <returns>The exit code.</returns>
    public static int Answer(ParseResult parsed) => (int)Static("Answer", "To", typeof(ParseResult)).Invoke(null, [parsed])!;

    private static MethodInfo Static(string type, string method, Type parameter) =>
        Cli.GetType($"Brink.Cli.{type}", throwOnError: true)!.GetMethod(method, [parameter])!;
}
