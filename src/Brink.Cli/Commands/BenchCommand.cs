using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Brink.Bench;
using Brink.Lab;

namespace Brink.Cli.Commands;

internal static class BenchCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME")
        {
            Description = $"{string.Join(", ", Benchmark.All.Select(one => one.Name))}; without one they are listed.",
            DefaultValueFactory = _ => null,
        };
        var path = new Option<string?>("--data-path")
        {
            Description = "Of 'spectra': a file or folder of CIFAR-10 instead of the images that come with Brink.",
        };
        var json = Answer.Json();
        var command = new ExampleCommand(
            "bench",
            "Measures ratios: two ways side by side in one process, same objective, same accuracy.",
            "brink bench tracking --json")
        {
            name, path, json,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(name) is not { } asked) List(parsed.GetValue(json));
            else Run(Named(asked), parsed.GetValue(path), parsed.GetValue(json));
            return Answer.Success;
        });
        return command;
    }

    private static void List(bool json)
    {
        if (json) Answer.Print(Benchmark.All.Select(one => new { one.Name, one.Summary, one.Seconds }));
        else AnswerTable.Write(
            ["name", "seconds", "what is compared"],
            [.. Benchmark.All.Select(one => new[] { one.Name, $"{one.Seconds}", one.Summary })]);
    }

    private static void Run(Benchmark benchmark, string? path, bool json)
    {
        LoadedLibtorch.Require();
        var rows = Answer.Document(benchmark.Rows(path));
        if (json) Answer.Print(rows);
        else AnswerTable.Write(
            [.. rows[0].EnumerateObject().Select(column => column.Name.Replace('_', ' '))],
            [.. rows.EnumerateArray().Select(row => row.EnumerateObject().Select(column => Cell(column.Value)).ToArray())]);
    }

    private static string Cell(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "–",
        JsonValueKind.Number when value.TryGetInt64(out var whole) => whole.ToString("n0", CultureInfo.InvariantCulture),
        JsonValueKind.Number => value.GetDouble().ToString("g4", CultureInfo.InvariantCulture),
        _ => value.ToString(),
    };

    private static Benchmark Named(string name) => Benchmark.All.FirstOrDefault(one => one.Name == name)
        ?? throw new InputException($"{name}: no such benchmark{Nearest.Hint(name, Benchmark.All.Select(one => one.Name))}");
}
