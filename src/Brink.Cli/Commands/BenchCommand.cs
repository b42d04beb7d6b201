using System.CommandLine;
using System.Diagnostics;
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
            "brink bench products --json")
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
        var rows = Answer.Document(Measured(benchmark, path));
        if (json) Answer.Print(rows);
        else AnswerTable.Write(
            [.. rows[0].EnumerateObject().Select(column => column.Name.Replace('_', ' '))],
            [.. rows.EnumerateArray().Select(row => row.EnumerateObject().Select(column => Cell(column.Value)).ToArray())]);
    }

    /// <summary>All rows; how far it is, is told after each.</summary>
    private static List<object> Measured(Benchmark benchmark, string? path) => TerminalProgress.Show<int, List<object>>(
        TerminalProgress.OfSteps,
        progress =>
        {
            var rows = new List<object>();
            progress?.Invoke(0);
            foreach (var row in benchmark.Rows(path))
            {
                rows.Add(row);
                progress?.Invoke(rows.Count);
            }
            return rows;
        },
        context =>
        {
            var task = context.AddTask(benchmark.Name, maxValue: benchmark.Seconds);
            var watch = Stopwatch.StartNew();
            return rows =>
            {
                task.Value = Math.Min(watch.Elapsed.TotalSeconds, benchmark.Seconds);
                task.Description = $"{benchmark.Name}: {rows} rows";
                return true;
            };
        });

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
