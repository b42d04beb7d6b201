using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Brink.Lab;

namespace Brink.Cli.Commands;

internal static class BenchCommand
{
    public static Command Create()
    {
        var benchmarks = Benchmark.All();
        var name = new Argument<string?>("NAME")
        {
            Description = $"Benchmark to run: {string.Join(", ", benchmarks.Select(one => one.Name))}. Without a name, the benchmarks are"
                + " listed.",
            DefaultValueFactory = _ => null,
        };
        var path = new Option<string?>("--data-path")
        {
            Description = "Data to use instead of the embedded images. spectra: file or folder of CIFAR-10; peers: folder with peers-mlp"
                + " and peers-cnn (.pt, .npz).",
            HelpName = "PATH",
        };
        var json = Answer.Json();
        var command = new ExampleCommand(
            "bench",
            "Measures ratios: two methods side by side in one process, with the same objective and accuracy.",
            "brink bench products --json")
        {
            name, path, json,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(name) is { } chosen) return Run(Named(benchmarks, chosen), parsed.GetValue(path), parsed.GetValue(json));
            List(benchmarks, parsed.GetValue(json));
            return Answer.Success;
        });
        return command;
    }

    private static void List(IReadOnlyList<Benchmark> benchmarks, bool json)
    {
        if (json) Answer.Print(benchmarks);
        else AnswerTable.Write(
            ["name", "seconds", "comparison"],
            [.. benchmarks.Select(one => new[] { one.Name, $"{one.Seconds}", one.Summary })]);
    }

    private static int Run(Benchmark benchmark, string? path, bool json)
    {
        var program = BenchProgram.Current();
        var (code, rows) = Measured(program, benchmark, path);
        if (code != Answer.Success) return code;
        if (json) Answer.Print(rows);
        else AnswerTable.Write(
            [.. rows[0].EnumerateObject().Select(column => column.Name.Replace('_', ' '))],
            [.. rows.Select(row => row.EnumerateObject().Select(column => Cell(column.Value)).ToArray())]);
        return code;
    }

    /// <summary>Measures all rows, and shows progress after each; returns them with the exit code of the program.</summary>
    private static (int Code, List<JsonElement> Rows) Measured(BenchProgram program, Benchmark benchmark, string? path) =>
        TerminalProgress.Show<int, (int, List<JsonElement>)>(
            TerminalProgress.OfSteps,
            progress =>
            {
                var rows = new List<JsonElement>();
                progress?.Invoke(0);
                var code = program.Run(path is null ? [benchmark.Name] : [benchmark.Name, path], line =>
                {
                    rows.Add(JsonElement.Parse(line));
                    progress?.Invoke(rows.Count);
                });
                return (code, rows);
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

    private static Benchmark Named(IReadOnlyList<Benchmark> benchmarks, string name) => benchmarks.FirstOrDefault(one => one.Name == name)
        ?? throw new InputException($"{name}: no such benchmark{Nearest.Hint(name, benchmarks.Select(one => one.Name))}");
}
