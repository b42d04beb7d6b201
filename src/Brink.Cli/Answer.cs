using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using System.Text.Json.Serialization;
using Brink.Lab;
using Brink.Runs;

namespace Brink.Cli;

/// <summary>Output and exit code of a command: text or, with --json, one JSON document on stdout; errors in
/// one line on stderr; exit code 0, 1 (a run that failed) or 2 (wrong input).</summary>
internal static class Answer
{
    public const int Success = 0, Failed = 1, WrongInput = 2;

    private static readonly JsonSerializerOptions JsonOptions = new(RunJson.Options)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
    };

    // For scripts that read finite numbers only: other values are null.
    private static readonly JsonSerializerOptions FiniteOptions = new(JsonOptions) { Converters = { new FiniteNumber() } };

    /// <summary>Makes the option --json; each command needs its own.</summary>
    public static Option<bool> Json() => new("--json")
    {
        Description = "Print one JSON document, and nothing else, on stdout.",
    };

    /// <summary>Runs the command of a command line; without arguments, the help.</summary>
    /// <returns>The exit code.</returns>
    public static int To(IReadOnlyList<string> arguments) =>
        To(CommandLine.Root(arguments).Parse(arguments.Count == 0 ? ["--help"] : arguments));

    /// <summary>Runs the command that was parsed.</summary>
    /// <returns>The exit code.</returns>
    public static int To(ParseResult parsed)
    {
        try
        {
            ThrowIfEmpty(parsed);
            if (parsed.Action?.ClearsParseErrors != true) ThrowIfNotUnderstood(parsed);
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e)
        {
            return Failure.Tell(e);
        }
    }

    /// <summary>Rejects empty text, which no option and no argument takes: an unset variable of a script is the usual
    /// cause.</summary>
    private static void ThrowIfEmpty(ParseResult parsed)
    {
        if (!parsed.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value))) return;
        const string Cure = "is a variable of a script unset?";
        foreach (var result in parsed.CommandResult.Children.Where(result => result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value))))
        {
            var name = result is OptionResult option ? option.Option.Name : ((ArgumentResult)result).Argument.Name;
            throw new InputException($"{name}: its value is empty; {Cure}");
        }
        throw new InputException($"'{parsed.CommandResult.Command.Name}' has an empty argument; {Cure}");
    }

    /// <summary>Reports the most informative of the parse errors, with the name that was probably
    /// meant.</summary>
    private static void ThrowIfNotUnderstood(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        // The parser takes an unknown option for a value.
        var option = parsed.Tokens.FirstOrDefault(token =>
            token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal));
        if (option is not null)
        {
            throw new InputException(
                $"{option.Value}: no such option of '{command.Name}'"
                    + Nearest.Hint(option.Value, command.Options.Select(known => known.Name)));
        }
        if (parsed.UnmatchedTokens is [var unknown, ..])
        {
            throw new InputException(command.Subcommands.Count > 0
                ? $"{unknown}: no such command"
                    + Nearest.Hint(unknown, command.Subcommands.Select(known => known.Name))
                : $"{unknown}: one argument too many for '{command.Name}'; see --help");
        }
        if (parsed.Errors is [var error, ..])
        {
            throw new InputException(
                $"{error.Message.TrimEnd('.')}; '{Path(parsed.CommandResult)} --help' says what there is");
        }
    }

    private static string Path(CommandResult command) =>
        command.Parent is CommandResult parent
            ? $"{Path(parent)} {command.Command.Name}"
            : command.Command.Name;

    public static int Error(string message, int code)
    {
        Note(message);
        return code;
    }

    /// <summary>Writes one line to stderr.</summary>
    public static void Note(string message) => Console.Error.WriteLine("brink: " + string.Join(
        " ",
        message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));

    /// <summary>Returns the document that --json would print, for other output.</summary>
    public static JsonElement Document(object document) => JsonSerializer.SerializeToElement(document, JsonOptions);

    public static void Print(object document) =>
        Console.Out.WriteLine(JsonSerializer.Serialize(document, JsonOptions));

    /// <summary>Prints a document in which numbers that are not finite are null.</summary>
    public static void PrintFinite(object document) =>
        Console.Out.WriteLine(JsonSerializer.Serialize(document, FiniteOptions));

    private sealed class FiniteNumber : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value)) writer.WriteNumberValue(value);
            else writer.WriteNullValue();
        }
    }
}

/// <summary>The input is invalid; the message is one line.</summary>
internal sealed class InputException(string message) : Exception(message);

/// <summary>libtorch does not load; the message is one line.</summary>
internal sealed class NativeLibraryException(string message) : Exception(message);
