using System.CommandLine;
using System.Globalization;
using Brink.Lab;

namespace Brink.Cli.Commands;

internal static class PresetsCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "Preset to print in full, as YAML. Without a name, the presets are listed.",
            DefaultValueFactory = _ => null,
        };
        var json = Answer.Json();
        var command = new ExampleCommand(
            "presets",
            "Lists the named experiments, with the time and memory that each takes on 2 cores.",
            "brink presets quickstart > mine.yaml")
        {
            name,
            json,
        };
        command.SetAction(parsed =>
        {
            var presets = parsed.GetValue(name) is { } one ? [Presets.Named(one)] : Presets.All;
            if (parsed.GetValue(json)) Answer.Print(presets.Select(preset => new
            {
                preset.Name,
                preset.Summary,
                preset.Cost.Seconds,
                preset.Cost.MemoryMb,
                Experiment = StudyYaml.Write(preset.Study),
            }));
            else if (parsed.GetValue(name) is not null)
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
        });
        return command;
    }

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
