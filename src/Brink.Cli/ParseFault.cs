using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Brink.Lab;

namespace Brink.Cli;

/// <summary>Describes the most informative fault of a command line in one line: what is wrong, where, and what to do.</summary>
internal static class ParseFault
{
    /// <exception cref="InputException">An option or an argument is empty.</exception>
    /// <remarks>No option and no argument takes an empty text. The usual cause is an unset variable of a script.</remarks>
    public static void ThrowIfEmpty(ParseResult parsed)
    {
        if (!parsed.Tokens.Any(IsBlank)) return;
        const string Advice = "check for an unset variable";
        foreach (var result in parsed.CommandResult.Children.Where(result => result.Tokens.Any(IsBlank)))
            throw new InputException($"{Name(result)}: its value is empty; {Advice}");
        throw new InputException($"'{parsed.CommandResult.Command.Name}' has an empty argument; {Advice}");
    }

    /// <exception cref="InputException">The command line does not follow the commands.</exception>
    public static void Throw(ParseResult parsed)
    {
        var (command, path) = (parsed.CommandResult.Command, Path(parsed.CommandResult));
        // The parser takes an unknown option for a value.
        var option = parsed.Tokens.FirstOrDefault(token =>
            token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal));
        if (option is not null)
        {
            throw new InputException(
                $"{option.Value}: no such option of '{path}'{Nearest.Hint(option.Value, command.Options.Select(known => known.Name))}");
        }
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            throw new InputException(command.Subcommands.Count > 0
                ? $"{unknown}: no such command{Nearest.Hint(unknown, Visible(command))}"
                : $"{unknown}: one argument too many for '{path}'; see '{path} --help'");
        }
        if (parsed.Errors is not [var error, ..]) return;
        throw new InputException(Choices(error) ?? $"{Message(error)}; see '{path} --help'");
    }

    /// <summary>Describes a value that is not one of the choices of its option or argument; null for another error.</summary>
    private static string? Choices(ParseError error)
    {
        // The parser writes the choices below each other.
        var choices = error.Message.Split('\n', StringSplitOptions.TrimEntries).Skip(1).Select(line => line.Trim('\'')).ToArray();
        return choices.Length > 0 && error.SymbolResult is { Tokens: [var token] } result
            ? $"{Name(result)} {token.Value}: no such value{Nearest.Hint(token.Value, choices)}"
            : null;
    }

    /// <summary>Describes another error of the parser, whose own texts name types of .NET.</summary>
    private static string Message(ParseError error) => error.SymbolResult switch
    {
        CommandResult { Command: { Subcommands.Count: > 0 } command } =>
            $"{command.Name}: a command is missing; expected one of {string.Join(", ", Visible(command))}",
        OptionResult { Tokens.Count: 0, Implicit: true } option => $"{option.Option.Name} is missing",
        OptionResult { Tokens.Count: 0 } option => $"{option.Option.Name}: its value is missing",
        ArgumentResult { Tokens.Count: 0 } argument => $"{argument.Argument.Name} is missing",
        OptionResult { Tokens: [var token] } option when Number(option.Option.ValueType) is { } number =>
            $"{option.Option.Name} {token.Value}: {number} is expected",
        _ => error.Message.TrimEnd('.'),
    };

    /// <summary>Describes the numbers of a type; null if it is a type of text.</summary>
    private static string? Number(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Int32 => string.Create(CultureInfo.InvariantCulture, $"a whole number of at most {int.MaxValue:n0}"),
        TypeCode.Int64 => "a whole number",
        TypeCode.Double => "a number",
        _ => null,
    };

    private static bool IsBlank(Token token) => string.IsNullOrWhiteSpace(token.Value);

    private static string Name(SymbolResult result) =>
        result is OptionResult option ? option.Option.Name : ((ArgumentResult)result).Argument.Name;

    private static IEnumerable<string> Visible(Command command) =>
        command.Subcommands.Where(known => !known.Hidden).Select(known => known.Name);

    private static string Path(CommandResult command) =>
        command.Parent is CommandResult parent
            ? $"{Path(parent)} {command.Command.Name}"
            : command.Command.Name;
}
