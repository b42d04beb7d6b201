using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
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

    /// <summary>Runs the command of a command line; without arguments, prints the help.</summary>
    /// <returns>The exit code.</returns>
    public static int To(IReadOnlyList<string> arguments) =>
        To(CommandLine.Root(arguments).Parse(arguments.Count == 0 ? ["--help"] : arguments));

    /// <summary>Runs the command that was parsed.</summary>
    /// <returns>The exit code.</returns>
    public static int To(ParseResult parsed)
    {
        try
        {
            ParseFault.ThrowIfEmpty(parsed);
            if (parsed.Action?.ClearsParseErrors != true) ParseFault.Throw(parsed);
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (Exception e)
        {
            return Failure.Report(e);
        }
    }

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

/// <summary>Thrown if the input is invalid; the message is one line.</summary>
internal sealed class InputException(string message) : Exception(message);

/// <summary>Thrown if libtorch does not load; the message is one line.</summary>
internal sealed class NativeLibraryException(string message) : Exception(message);
