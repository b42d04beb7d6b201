using System.CommandLine;
using Brink.Lab;

namespace Brink.Cli;

/// <summary>How commands name an experiment: a preset or a file, and single values replaced.</summary>
internal static class ExperimentOptions
{
    public static Argument<string> What() => new("PRESET | FILE.yaml")
    {
        Description = "A preset, or a file that says what differs from one. Relative paths in a file start at its folder.",
        DefaultValueFactory = _ => "quickstart",
    };

    public static Option<string[]> Set() => new("--set")
    {
        Description = "Replace one value: path=value, such as data.samples=1000. May be repeated. Samples of your own: data.set=file and"
            + " data.path=FILE.npz; a point of your own: model.parameters=FILE.safetensors.",
        DefaultValueFactory = _ => [],
    };

    /// <summary>The study, and what a run of it is called.</summary>
    public static (string Name, Study Study) Study(string what, string[] set)
    {
        var isFile = what.EndsWith(".yaml", StringComparison.Ordinal) || what.EndsWith(".yml", StringComparison.Ordinal);
        var study = isFile ? ExperimentYaml.Read(what) : Studies.Named(what).Study;
        return (isFile ? Path.GetFileNameWithoutExtension(what) : what, set.Aggregate(study, ExperimentYaml.With));
    }
}
