using System.CommandLine;
using System.Globalization;
using Brink.Lab;
using TorchSharp;

namespace Brink.Cli.Commands;

internal static class PresetsCommand
{
    // Steps to the edge that a measurement assumes: those of paper/mlp-cifar10-mse.
    private const int StepsToEdge = 2000;

    public static Command Create()
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "Preset to print in full, as YAML. Without a name, the presets are listed.",
            DefaultValueFactory = _ => null,
        };
        var measure = new Option<bool>("--measure")
        {
            Description = "Measure the time and memory of the preset on this machine, from a few steps of each phase.",
        };
        var toEdge = UsualOption.Of("--steps-to-edge", "With --measure: assumed number of steps until the edge.", StepsToEdge);
        var set = ExperimentOptions.Set();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "presets",
            "Lists the named experiments, with the time and memory that each takes on 2 cores.",
            "brink presets quickstart > mine.yaml")
        {
            name,
            measure,
            toEdge,
            set,
            json,
        };
        command.SetAction(parsed => parsed.GetValue(measure)
            ? Measure(parsed.GetValue(name), parsed.GetValue(set)!, parsed.GetValue(toEdge), parsed.GetValue(json))
            : List(parsed.GetValue(name), parsed.GetValue(json)));
        return command;
    }

    private static int List(string? name, bool json)
    {
        var presets = name is null ? Presets.All : [Presets.Named(name)];
        if (json) Answer.Print(presets.Select(preset => new
        {
            preset.Name,
            preset.Summary,
            preset.Cost.Seconds,
            preset.Cost.MemoryMb,
            Hours = Math.Round(preset.Cost.Seconds / 3600.0, 3),
            MemoryGb = preset.Cost.MemoryMb / 1000.0,
            Measured = preset.Cost.IsMeasured,
            Experiment = StudyYaml.Write(preset.Study),
        }));
        else if (name is not null)
            Console.Out.Write(StudyYaml.Write(presets[0].Study));
        else
        {
            var width = presets.Max(preset => preset.Name.Length);
            foreach (var preset in presets)
            {
                Console.Out.WriteLine(
                    $"{preset.Name.PadRight(width)} {Duration(preset.Cost.Seconds),7} {Memory(preset.Cost.MemoryMb),7}"
                        + $"  {preset.Summary}");
            }
        }
        return Answer.Success;
    }

    private static int Measure(string? name, string[] set, int stepsToEdge, bool json)
    {
        if (name is null) throw new InputException("--measure: name the preset to measure, as in 'brink presets quickstart --measure'");
        if (ExperimentOptions.Study(name, set).Study is not Experiment experiment)
            throw new InputException($"--measure: {name} is not an experiment at the edge of stability; its cost is not measured");
        LoadedLibtorch.Require();
        using var scope = torch.NewDisposeScope();
        using var interruption = new Interruption();
        var cost = MeasuredCost.Of(experiment, stepsToEdge, interruption.Token);
        if (json)
        {
            Answer.Print(new
            {
                Name = name,
                Hours = cost.Seconds / 3600,
                MemoryGb = cost.MemoryMb / 1000.0,
                Measured = true,
                cost.StepsToEdge,
                cost.DescentStep,
                cost.Check,
                cost.TrackedStep,
                cost.TheoryStep,
                cost.TrackedSteps,
            });
            return Answer.Success;
        }
        AnswerTable.Write(["phase", "steps", "seconds per step"], [
            ["descent to the edge", $"{cost.StepsToEdge} (assumed)", Seconds(cost.DescentStep)],
            ["check of the sharpness", $"about {MeasuredCost.Checks}", Seconds(cost.Check)],
            ["tracked", $"{cost.TrackedSteps}", Seconds(cost.TrackedStep)],
            ["kernels of the theory", $"{cost.TheorySteps}", Seconds(cost.TheoryStep)],
        ]);
        Console.Out.WriteLine($"{name}: {Duration((int)cost.Seconds)}, {Memory((int)cost.MemoryMb)} on this machine");
        return Answer.Success;
    }

    private static string Seconds(double seconds) => seconds.ToString("g3", CultureInfo.InvariantCulture);

    private static string Duration(int seconds) => seconds switch
    {
        < 120 => $"{seconds} s",
        < 7200 => $"{Math.Round(seconds / 60.0)} min",
        < 172_800 => $"{Math.Round(seconds / 3600.0)} h",
        _ => $"{Math.Round(seconds / 86_400.0)} days",
    };

    private static string Memory(int megabytes) => megabytes < 1000
        ? $"{megabytes} MB"
        : string.Create(CultureInfo.InvariantCulture, $"{megabytes / 1000.0:0.#} GB");
}
