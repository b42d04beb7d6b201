using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Brink.Lab;

/// <summary>Studies as YAML: a record's parameters are the keys, in snake_case. A file says only what differs
/// from the preset that its key 'preset' names; if none, from the first of the kind that its key 'study' names; if
/// none, from quickstart.</summary>
public static class ExperimentYaml
{
    private const string PresetKey = "preset", StudyKey = "study", KindKey = "kind", SetKey = "set";

    // Ours are four deep. Reading goes as deep as the text, and the stack of a process is not to be caught.
    private const int Deepest = 50;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>The study of a YAML file. Relative paths in it start at its folder.</summary>
    /// <exception cref="ExperimentException">File, line, key and what is wrong with it.</exception>
    public static Study Read(string path)
    {
        if (Directory.Exists(path)) throw new ExperimentException($"{path}: is a folder; name a file");
        try
        {
            using var text = new StreamReader(path, StrictUtf8);
            return Overlaid(null, text, path, Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ExperimentException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>The study of a YAML text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="source">Where it is from.</param>
    /// <exception cref="ExperimentException">Line, key and what is wrong with it.</exception>
    public static Study Parse(string yaml, string source)
    {
        using var text = new StringReader(yaml);
        return Overlaid(null, text, source, ".");
    }

    /// <summary>The kind of study that a text is of.</summary>
    /// <exception cref="ExperimentException">It does not say so.</exception>
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
        return stream.Documents is [{ RootNode: YamlMappingNode root }] && root.Children.TryGetValue(StudyKey, out var kind)
            ? Text(kind, StudyKey)
            : throw new ExperimentException($"{source}: it does not say which kind of study it is of");
    }

    /// <summary>A study with one value replaced: path=value, such as data.samples=1000 or
    /// model.hidden=[50,50]. A relative path starts at the working directory.</summary>
    /// <exception cref="ExperimentException">The path or the value makes no sense.</exception>
    public static TStudy With<TStudy>(TStudy study, string assignment)
        where TStudy : Study
    {
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw new ExperimentException($"--set {assignment}: it must have the form path=value");
        if (string.IsNullOrWhiteSpace(assignment[(equals + 1)..]))
            throw new ExperimentException($"--set {assignment}: no value after '='; write null for none");
        var keys = assignment[..equals].Trim().Split('.');
        // The value is YAML itself, nested under its path.
        var yaml = string.Concat(keys.Select((key, depth) => $"{new string(' ', depth)}{key}:\n"))
            + $"{new string(' ', keys.Length)}{assignment[(equals + 1)..]}\n";
        using var text = new StringReader(yaml);
        return (TStudy)Overlaid(study, text, $"--set {assignment}", ".");
    }

    /// <summary>Every value of a study; reading it gives the same study.</summary>
    public static string Write(Study study) => new SerializerBuilder()
        .WithNamingConvention(NullNamingConvention.Instance).Build().Serialize(Tree(study)!);

    private static Study Overlaid(Study? onto, TextReader yaml, string source, string folder)
    {
        var text = "";
        try
        {
            text = yaml.ReadToEnd();
            CheckEvents(text);
            var stream = new YamlStream();
            using (var reader = new StringReader(text)) stream.Load(reader);
            if (stream.Documents is not [{ RootNode: var content }] || content is YamlScalarNode { Value: "" or null, Style: ScalarStyle.Plain })
                throw new ExperimentException($"empty; 'brink presets {Studies.All[0].Name} > FILE' writes an experiment, and {{}} is one that changes nothing");
            if (content is not YamlMappingNode root)
                throw new ExperimentException("an experiment is a mapping of keys to values");
            return ((Study)Overlaid(onto ?? Start(root), root, "", folder)).Checked();
        }
        catch (YamlException e)
        {
            var tab = e.Message.Contains("tab", StringComparison.Ordinal) ? TabIn(text, (int)e.Start.Line) : null;
            throw new ExperimentException(
                $"{source}: {tab ?? $"line {e.Start.Line}: {e.InnerException?.Message ?? e.Message}"}", e);
        }
        catch (DecoderFallbackException e)
        {
            throw new ExperimentException($"{source}: not UTF-8", e);
        }
        catch (InvalidOperationException e)
        {
            // Its scanner gives up like this on some texts that are not YAML.
            throw new ExperimentException($"{source}: {TabIn(text, 1) ?? "not YAML"}", e);
        }
        catch (ArgumentException e)
        {
            // An alias as a key, and the like, of which YamlDotNet does not say where.
            throw new ExperimentException($"{source}: {e.Message.Split(" (Parameter")[0]}", e);
        }
        catch (ExperimentException e)
        {
            throw new ExperimentException($"{source}: {e.Message}", e);
        }
    }

    /// <summary>What YamlDotNet does not refuse, or not by its line.</summary>
    private static void CheckEvents(string text)
    {
        using var reader = new StringReader(text);
        var parser = new Parser(reader);
        var anchors = new HashSet<AnchorName>();
        var documents = 0;
        for (var depth = 0; parser.MoveNext(); depth += parser.Current!.NestingIncrease)
        {
            var line = parser.Current!.Start.Line;
            if (depth > Deepest) throw new ExperimentException($"line {line}: nested more than {Deepest} deep");
            if (parser.Current is DocumentStart && ++documents > 1)
                throw new ExperimentException($"line {line}: a second document begins; put each experiment into a file of its own");
            if (parser.Current is AnchorAlias alias && (alias.Value.IsEmpty || !anchors.Contains(alias.Value)))
                throw new ExperimentException($"line {line}: an alias of no anchor");
            if (parser.Current is NodeEvent { Anchor.IsEmpty: false } node) anchors.Add(node.Anchor);
        }
    }

    /// <summary>The first line from a given one on that a tab indents: where that is an error, YamlDotNet names the line of what
    /// precedes it.</summary>
    private static string? TabIn(string text, int from)
    {
        var lines = text.Split('\n');
        for (var i = from - 1; i < lines.Length; i++)
        {
            var content = lines[i].TrimStart(' ', '\t', '\r');
            var indentation = lines[i][..^content.Length];
            if (content.Length > 0 && content[0] != '#' && indentation.Contains('\t', StringComparison.Ordinal))
                return $"line {i + 1}: a tab in the indentation; YAML takes spaces";
        }
        return null;
    }

    /// <summary>The study that a file starts from; the keys that name it are taken out.</summary>
    private static Study Start(YamlMappingNode root)
    {
        var (kind, preset) = (Taken(StudyKey), Taken(PresetKey));
        if (preset is null) return (kind is null ? Studies.All[0] : Studies.FirstOf(kind)).Study;
        var study = Studies.Named(preset).Study;
        return kind is null || kind == study.Kind || Studies.FirstOf(kind).Study.Kind == study.Kind
            ? study
            : throw new ExperimentException($"study: '{kind}'; the preset {preset} is of the kind '{study.Kind}'");

        string? Taken(string key)
        {
            var value = root.Children.TryGetValue(key, out var node) ? Text(node, key) : null;
            root.Children.Remove(key);
            return value;
        }
    }

    /// <summary>A copy of a record with the values of a mapping.</summary>
    private static object Overlaid(object record, YamlMappingNode mapping, string path, string folder)
    {
        var parameters = Parameters(record.GetType());
        var values = parameters.Select(parameter => Property(record, parameter)).ToArray();
        foreach (var (keyNode, value) in mapping.Children)
        {
            var key = Text(keyNode, path + "a key");
            var index = Array.FindIndex(parameters, parameter => Key(parameter) == key);
            if (index < 0)
            {
                throw new ExperimentException(
                    $"{path}{key}: no such key{Nearest.Hint(key, parameters.Select(Key))}");
            }
            values[index] = Value(value, parameters[index].ParameterType, values[index], path + key, folder);
            if (values[index] is string file && parameters[index].IsDefined(typeof(FilePathAttribute), inherit: false))
                values[index] = Path.GetFullPath(file, Path.GetFullPath(folder));
        }
        return Activator.CreateInstance(record.GetType(), values)!;
    }

    /// <summary>A model of the kind that the mapping names, from that kind's own values where it is another
    /// one.</summary>
    private static object OfKind(ModelSpec old, YamlMappingNode mapping, string path, string folder)
    {
        if (!mapping.Children.TryGetValue(KindKey, out var node)) return Overlaid(old, mapping, path, folder);
        var kind = Text(node, path + KindKey);
        if (!ModelSpec.Kinds.TryGetValue(kind, out var defaults))
        {
            throw new ExperimentException(
                $"{path}{KindKey}: '{kind}' is unknown{Nearest.Hint(kind, ModelSpec.Kinds.Keys)}");
        }
        mapping.Children.Remove(KindKey);
        return Overlaid(kind == old.Kind ? old : defaults, mapping, path, folder);
    }

    /// <summary>Data of the set that the mapping names. Samples, classes and sizes of a published set are not those of a file:
    /// where the set becomes a file, the other values start anew, but for the path.</summary>
    private static object OfSet(DataSpec old, YamlMappingNode mapping, string path, string folder)
    {
        var becomesFile = old.Set != DatasetName.File
            && mapping.Children.TryGetValue(SetKey, out var node)
            && Text(node, path + SetKey) == Dashed($"{DatasetName.File}");
        return Overlaid(becomesFile ? DataSpec.File with { Path = old.Path } : old, mapping, path, folder);
    }

    private static string Text(YamlNode node, string path) =>
        (node as YamlScalarNode)?.Value ?? throw new ExperimentException($"{path}: a text is expected");

    private static object? Value(YamlNode node, Type type, object? old, string path, string folder = ".") => node switch
    {
        YamlMappingNode mapping when type == typeof(ModelSpec) => OfKind((ModelSpec)old!, mapping, path + ".", folder),
        YamlMappingNode mapping when type == typeof(DataSpec) => OfSet((DataSpec)old!, mapping, path + ".", folder),
        YamlMappingNode mapping when IsRecord(type) => Overlaid(old!, mapping, path + ".", folder),
        YamlSequenceNode sequence when type == typeof(IReadOnlyList<int>) =>
            sequence.Select((item, i) => (int)Value(item, typeof(int), null, $"{path}[{i}]")!).ToArray(),
        YamlSequenceNode sequence when type == typeof(IReadOnlyList<double>) =>
            sequence.Select((item, i) => (double)Value(item, typeof(double), null, $"{path}[{i}]")!).ToArray(),
        YamlScalarNode { Value: var empty, Style: not ScalarStyle.Plain } when type == typeof(string) && string.IsNullOrWhiteSpace(empty) =>
            throw new ExperimentException($"{path}: an empty text; write null for none"),
        YamlScalarNode { Value: var text } when !IsRecord(type) && !IsList(type) =>
            Scalar(text ?? "", type, path),
        _ => throw new ExperimentException($"{path}: {Expected(type)} is expected"),
    };

    private static object? Scalar(string text, Type type, string path)
    {
        var invariant = CultureInfo.InvariantCulture;
        if (type == typeof(string)) return text is "" or "null" or "~" ? null : text;
        if (type == typeof(int?)) return text is "" or "null" or "~" ? null : Scalar(text, typeof(int), path);
        if (type == typeof(int)
            && int.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out var whole))
        {
            return whole;
        }
        if (type == typeof(long)
            && long.TryParse(text, NumberStyles.AllowLeadingSign, invariant, out var wide))
        {
            return wide;
        }
        if (type == typeof(double)
            && double.TryParse(text, NumberStyles.Float, invariant, out var number))
        {
            return number;
        }
        if (type.IsEnum)
        {
            var names = Enum.GetNames(type);
            var index = Array.FindIndex(names, name => Dashed(name) == text);
            return index >= 0 ? Enum.Parse(type, names[index])
                : throw new ExperimentException(
                    $"{path}: '{text}' is unknown{Nearest.Hint(text, names.Select(Dashed))}");
        }
        throw new ExperimentException($"{path}: '{text}' is not {Expected(type)}");
    }

    private static string Expected(Type type) =>
        type == typeof(double) ? "a number"
        : type == typeof(IReadOnlyList<int>) ? "a list of whole numbers"
        : type == typeof(IReadOnlyList<double>) ? "a list of numbers"
        : type == typeof(int) || type == typeof(long) ? "a whole number in range"
        : type == typeof(string) ? "a text"
        : type.IsEnum ? string.Join(" or ", Enum.GetNames(type).Select(Dashed))
        : type == typeof(ModelSpec) ? $"a mapping with kind: {string.Join(" or ", ModelSpec.Kinds.Keys)}"
        : $"a mapping ({string.Join(", ", Parameters(type).Select(Key))})";

    private static object? Tree(object? value) => value switch
    {
        null or string => value,
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable number and (int or long) => number.ToString(null, CultureInfo.InvariantCulture),
        Enum name => Dashed(name.ToString()),
        IEnumerable list => list.Cast<object?>().Select(Tree).ToList(),
        Study study => Members(study).Prepend((StudyKey, study.Kind)).ToDictionary(StringComparer.Ordinal),
        ModelSpec model => Members(model).Prepend((KindKey, model.Kind)).ToDictionary(StringComparer.Ordinal),
        _ => Members(value).ToDictionary(StringComparer.Ordinal),
    };

    private static IEnumerable<(string Key, object? Value)> Members(object record) =>
        Parameters(record.GetType()).Select(parameter => (Key(parameter), Tree(Property(record, parameter))));

    private static bool IsRecord(Type type) => type.Assembly == typeof(Experiment).Assembly && !type.IsEnum;

    private static bool IsList(Type type) =>
        type == typeof(IReadOnlyList<int>) || type == typeof(IReadOnlyList<double>);

    private static ParameterInfo[] Parameters(Type record) =>
        record.GetConstructors().Single().GetParameters();

    private static object? Property(object record, ParameterInfo parameter) =>
        record.GetType().GetProperty(parameter.Name!)!.GetValue(record);

    private static string Key(ParameterInfo parameter) => JoinedWords(parameter.Name!, '_');

    /// <summary>FashionMnist to fashion-mnist.</summary>
    internal static string Dashed(string name) => JoinedWords(name, '-');

    /// <summary>LearningRate to learning_rate.</summary>
    private static string JoinedWords(string name, char with) => string.Concat(
        name.Select((letter, i) => char.IsUpper(letter) && i > 0
            ? $"{with}{char.ToLowerInvariant(letter)}"
            : $"{char.ToLowerInvariant(letter)}"));
}
