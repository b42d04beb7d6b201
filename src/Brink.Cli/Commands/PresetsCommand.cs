using System.CommandLine;
using Brink.Lab;

namespace Brink.Cli.Commands;

internal static class PresetsCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("NAME")
        {
            Description = "Print this preset in full, as YAML.",
            DefaultValueFactory = _ => null,
        };
        var json = Answer.Json();
        var command = new ExampleCommand(
            "presets",
            "Lists the named experiments, with the time they take on 2 cores.",
            "brink presets quickstart > mine.yaml")
        {
            name,
            json,
        };
        command.SetAction(parsed =>
        {
            var presets = parsed.GetValue(name) is { } one ? [Studies.Named(one)] : Studies.All;
            if (parsed.GetValue(json)) Answer.Print(presets.Select(preset => new
            {
                preset.Name,
                preset.Summary,
                preset.Seconds,
                Experiment = ExperimentYaml.Write(preset.Study),
            }));
            else if (parsed.GetValue(name) is not null)
                Console.Out.Write(ExperimentYaml.Write(presets[0].Study));
            else
                foreach (var preset in presets)
                    Console.Out.WriteLine($"{preset.Name,-28} {preset.Seconds,7} s  {preset.Summary}");
            return Answer.Success;
        });
        return command;
    }
}
