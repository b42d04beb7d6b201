using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Brink.Lab;

/// <summary>Reads studies from files and command lines. A text gives only what differs from the preset that its key 'preset'
/// names. Without that key it starts from the default of the kind that its key 'study' names; without both, from
/// quickstart.</summary>
public static class ExperimentYaml
{
    private const string PresetKey = "preset";

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads the study of a YAML file. Relative paths in it start at its folder.</summary>
    /// <exception cref="ExperimentException">The file is invalid; the message gives file, line, key and fault.</exception>
    public static Study Read(string path) => Read(path, root => Start(root, StudyKinds.Standard));

    /// <summary>Reads a YAML file that has other keys besides those of its study.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="start">Removes those keys from the mapping, and returns the study that the file starts from.</param>
    /// <exception cref="ExperimentException">The file is invalid; the message gives file, line, key and fault.</exception>
    internal static Study Read(string path, Func<YamlMappingNode, Study> start)
    {
        if (Directory.Exists(path)) throw new ExperimentException($"{path}: is a folder; name a file");
        try
        {
            using var text = new StreamReader(path, StrictUtf8);
            var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".";
            return StudyYaml.Read(text, path, folder, start);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ExperimentException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads the study of a YAML text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="source">Name of the source, for messages.</param>
    /// <param name="kinds">Kinds of study that the text may have; null: the standard ones.</param>
    /// <exception cref="ExperimentException">The text is invalid; the message gives line, key and fault.</exception>
    public static Study Parse(string yaml, string source, StudyKinds? kinds = null)
    {
        using var text = new StringReader(yaml);
        return StudyYaml.Read(text, source, ".", root => Start(root, kinds ?? StudyKinds.Standard));
    }

    /// <summary>Returns the kind of study of a text.</summary>
    /// <exception cref="ExperimentException">The text does not name its kind.</exception>
    internal static string KindOf(string yaml, string source)
    {
        var stream = new YamlStream();
        using var text = new StringReader(yaml);
        try
        {
            stream.Load(text);
        }
        catch (YamlException e)
        {
            throw new ExperimentException($"{source}: {e.Message}", e);
        }
        return stream.Documents is [{ RootNode: YamlMappingNode root }] && root.Children.TryGetValue(StudyYaml.StudyKey, out var kind)
            ? StudyYaml.Text(kind, StudyYaml.StudyKey)
            : throw new ExperimentException($"{source}: the key 'study' is missing; name the kind of study");
    }

    /// <summary>Returns a study with one value replaced: path=value, such as data.samples=1000 or model.hidden=[50,50]. A
    /// relative path starts at the working directory.</summary>
    /// <exception cref="ExperimentException">The path or the value is invalid.</exception>
    public static TStudy With<TStudy>(TStudy study, string assignment)
        where TStudy : Study
    {
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw new ExperimentException($"--set {assignment}: it must have the form path=value");
        if (string.IsNullOrWhiteSpace(assignment[(equals + 1)..]))
            throw new ExperimentException($"--set {assignment}: no value after '='; write null for no value");
        // The value is YAML itself, nested under its path.
        var yaml = StudyYaml.Nested(assignment[..equals].Trim(), assignment[(equals + 1)..]);
        using var text = new StringReader(yaml);
        return (TStudy)StudyYaml.Read(text, $"--set {assignment}", ".", _ => study);
    }

    /// <summary>Returns the study that a text starts from, and removes the keys that name it.</summary>
    internal static Study Start(YamlMappingNode root, StudyKinds kinds)
    {
        var (kind, preset) = (Taken(StudyYaml.StudyKey), Taken(PresetKey));
        if (preset is null) return kind is null ? Presets.All[0].Study : kinds.Named(kind).Default;
        var study = Presets.Named(preset).Study;
        return kind is null || kinds.Named(kind).Name == study.Kind
            ? study
            : throw new ExperimentException(
                $"study: '{kind}'; the preset {preset} is of the kind '{study.Kind}': remove one of the two keys");

        string? Taken(string key)
        {
            var value = root.Children.TryGetValue(key, out var node) ? StudyYaml.Text(node, key) : null;
            root.Children.Remove(key);
            return value;
        }
    }
}
