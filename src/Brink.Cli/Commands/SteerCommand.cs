using System.CommandLine;
using Brink.Lab;

namespace Brink.Cli.Commands;

internal static class SteerCommand
{
    private const string Preset = "steering/mlp";

    public static Command Create()
    {
        var what = new Argument<string>("PRESET | FILE.yaml")
        {
            Description = "Name of a preset of this kind, or an experiment file.",
            DefaultValueFactory = _ => Preset,
        };
        var set = ExperimentOptions.Set();
        var output = RunPage.Folder("runs/NAME");
        var every = CheckpointOption.Every();
        var json = Answer.Json();
        var command = new ExampleCommand(
            "steer",
            "Compares learning-rate policies: which trainings diverge, and how many gradients each policy needs to the same loss.",
            "brink steer --set policies=[constant,rollback] --set seeds=1")
        {
            what, set, output, every, json,
        };
        command.SetAction(parsed =>
        {
            var (name, study) = ExperimentOptions.Study(parsed.GetValue(what)!, parsed.GetValue(set)!);
            if (study is not SteeringStudy)
                throw new InputException($"{parsed.GetValue(what)}: a study of kind '{study.Kind}'; run it with 'brink run'");
            return StudyAnswer.Of(
                study, name, parsed.GetValue(output), CheckpointOption.Pace(parsed.GetValue(every)), parsed.GetValue(json));
        });
        return command;
    }
}
