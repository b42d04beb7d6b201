using System.CommandLine;
using Brink.Lab;
using Brink.Runs;

namespace Brink.Cli;

/// <summary>Options that select an experiment: a preset or a file, with single values replaced.</summary>
internal static class ExperimentOptions
{
    private static readonly string[] Endings = [".yaml", ".yml"];

    public static Argument<string> What() => new("PRESET | FILE.yaml")
    {
        Description = "Name of a preset, or an experiment file: what differs from a preset. Relative paths in a file start at its folder.",
        DefaultValueFactory = _ => "quickstart",
    };

    public static Option<string[]> Set() => new("--set")
    {
        Description = "Replace one value, such as data.samples=1000. May be repeated. For your own samples set data.set=file and"
            + " data.path=FILE.npz; for your own parameters, model.parameters=FILE.safetensors.",
        HelpName = "PATH=VALUE",
        DefaultValueFactory = _ => [],
    };

    /// <summary>Returns the study, and the name of its run.</summary>
    /// <remarks>The name of a preset takes precedence over a file of that name.</remarks>
    public static (string Name, Study Study) Study(string what, string[] set)
    {
        var preset = Presets.All.FirstOrDefault(one => one.Name == what);
        var study = preset?.Study ?? FromFile(what) ?? Presets.Named(what).Study;
        return (preset is null ? NameOf(what) : what, set.Aggregate(study, ExperimentYaml.With));
    }

    /// <summary>True if the text is the name of a preset, or ends like an experiment file.</summary>
    public static bool Names(string what) =>
        Presets.All.Any(one => one.Name == what) || Endings.Contains(Path.GetExtension(what), StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the study of a file; returns null if the text does not name a file.</summary>
    private static Study? FromFile(string what)
    {
        if (Directory.Exists(what))
        {
            var inside = Path.Combine(what, RunFolders.ExperimentFile);
            throw new InputException($"{what}: is a folder; name a preset or a file"
                + (File.Exists(inside) ? $", such as {inside}" : ""));
        }
        return File.Exists(what) || Endings.Contains(Path.GetExtension(what), StringComparer.OrdinalIgnoreCase)
            ? ExperimentYaml.Read(what)
            : null;
    }

    private static string NameOf(string file) => Path.GetFileNameWithoutExtension(file) is { Length: > 0 } name ? name : "experiment";
}
