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

/// <summary>Studies of every kind as YAML: the parameters of a record are the keys, in snake_case. A text gives only the values
/// that differ from the study that it starts from.</summary>
public static class StudyYaml
{
    /// <summary>The key of a study that names its kind.</summary>
    internal const string StudyKey = "study";

    private const string KindKey = "kind", SetKey = "set";

    // Studies are four levels deep. Reading recurses as deep as the text, and a stack overflow cannot be caught.
    private const int Deepest = 50;

    /// <summary>Writes every value of a study; reading the text gives the same study.</summary>
    public static string Write(Study study) => new SerializerBuilder()
        .WithNamingConvention(NullNamingConvention.Instance).Build().Serialize(Tree(study)!);

    /// <summary>Reads a text.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="source">Name of the source, for messages.</param>
    /// <param name="folder">Folder where relative paths in the text start.</param>
    /// <param name="start">Returns the study that the text starts from, and removes from the mapping the keys that are not the
    /// study's.</param>
    /// <exception cref="ExperimentException">The text is invalid; the message gives source, line, key and fault.</exception>
    internal static Study Read(TextReader reader, string source, string folder, Func<YamlMappingNode, Study> start) =>
        Read(reader, source, root => ((Study)Overlaid(start(root), root, "", folder)).Checked());

    /// <summary>Returns a study with some values replaced, one after the other, and checked together.</summary>
    /// <param name="study">Study to start from.</param>
    /// <param name="settings">Path of each value, such as data.samples, and the value as YAML in one line.</param>
    /// <param name="source">Name of the source, for messages.</param>
    /// <param name="folder">Folder where relative paths in the values start.</param>
    /// <exception cref="ExperimentException">A path or a value is invalid.</exception>
    internal static Study With(Study study, IEnumerable<(string Path, string Value)> settings, string source, string folder)
    {
        foreach (var (path, value) in settings)
        {
            using var text = new StringReader(Nested(path, value));
            study = Read(text, source, root => (Study)Overlaid(study, root, "", folder));
        }
        try
        {
            return study.Checked();
        }
        catch (ExperimentException e)
        {
            throw new ExperimentException($"{source}: {e.Message}", e);
        }
    }

    /// <summary>Returns the YAML of one value under its path.</summary>
    internal static string Nested(string path, string value)
    {
        var keys = path.Split('.');
        return string.Concat(keys.Select((key, depth) => $"{new string(' ', depth)}{key}:\n")) + $"{new string(' ', keys.Length)}{value}\n";
    }

    private static Study Read(TextReader reader, string source, Func<YamlMappingNode, Study> study)
    {
        var text = "";
        try
        {
            text = reader.ReadToEnd();
            CheckEvents(text);
            var stream = new YamlStream();
            using (var again = new StringReader(text)) stream.Load(again);
            if (stream.Documents is not [{ RootNode: var content }]
                || content is YamlScalarNode { Value: "" or null, Style: ScalarStyle.Plain })
            {
                throw new ExperimentException(
                    "empty; write an experiment with 'brink presets quickstart > FILE', or write {} for quickstart without changes");
            }
            if (content is not YamlMappingNode root)
                throw new ExperimentException("an experiment must be a mapping of keys to values");
            return study(root);
        }
        catch (YamlException e)
        {
            var tab = e.Message.Contains("tab", StringComparison.Ordinal) ? TabIn(text, (int)e.Start.Line) : null;
            throw new ExperimentException(
                $"{source}: {tab ?? $"line {e.Start.Line}: {e.InnerException?.Message ?? e.Message}"}", e);
        }
        catch (DecoderFallbackException e)
        {
            throw new ExperimentException($"{source}: not UTF-8; save the file in UTF-8", e);
        }
        catch (InvalidOperationException e)
        {
            // The scanner of YamlDotNet throws this on some texts that are not YAML.
            throw new ExperimentException($"{source}: {TabIn(text, 1) ?? "not valid YAML; check its quotes, brackets and indentation"}", e);
        }
        catch (ArgumentException e)
        {
            // For example an alias as a key: YamlDotNet does not report the line.
            throw new ExperimentException($"{source}: {e.Message.Split(" (Parameter")[0]}", e);
        }
        catch (ExperimentException e)
        {
            throw new ExperimentException($"{source}: {e.Message}", e);
        }
    }

    /// <summary>Refuses texts that YamlDotNet accepts, or refuses without a line.</summary>
    private static void CheckEvents(string text)
    {
        using var reader = new StringReader(text);
        var parser = new Parser(reader);
        var anchors = new HashSet<AnchorName>();
        var documents = 0;
        for (var depth = 0; parser.MoveNext(); depth += parser.Current!.NestingIncrease)
        {
            var line = parser.Current!.Start.Line;
            if (depth > Deepest) throw new ExperimentException($"line {line}: nested more than {Deepest} levels deep");
            if (parser.Current is DocumentStart && ++documents > 1)
                throw new ExperimentException($"line {line}: a second document begins; put each experiment into its own file");
            if (parser.Current is AnchorAlias alias && (alias.Value.IsEmpty || !anchors.Contains(alias.Value)))
                throw new ExperimentException($"line {line}: an alias without an anchor above it; write the value instead");
            if (parser.Current is NodeEvent { Anchor.IsEmpty: false } node) anchors.Add(node.Anchor);
        }
    }

    /// <summary>Names the first line from a given one on with a tab in its indentation: YamlDotNet reports that error at a
    /// preceding line.</summary>
    private static string? TabIn(string text, int from)
    {
        var lines = text.Split('\n');
        for (var i = from - 1; i < lines.Length; i++)
        {
            var content = lines[i].TrimStart(' ', '\t', '\r');
            var indentation = lines[i][..^content.Length];
            if (content.Length > 0 && content[0] != '#' && indentation.Contains('\t', StringComparison.Ordinal))
                return $"line {i + 1}: a tab in the indentation; indent with spaces";
        }
        return null;
    }

    /// <summary>Returns a copy of a record with the values of a mapping.</summary>
    private static object Overlaid(object record, YamlMappingNode mapping, string path, string folder)
    {
        var parameters = Parameters(record.GetType());
        var values = parameters.Select(parameter => Property(record, parameter)).ToArray();
        foreach (var (keyNode, value) in mapping.Children)
        {
            var key = Text(keyNode, path + "a key");
            var index = Array.FindIndex(parameters, parameter => Key(parameter) == key);
            // Texts of earlier versions also have computed values, which are computed again.
            if (index < 0 && Computed(record).Any(property => Names.Underscored(property.Name) == key)) continue;
            if (index < 0)
            {
                throw new ExperimentException(
                    $"{path}{key}: no such key{Nearest.Hint(key, parameters.Select(Key))}");
            }
            values[index] = Value(value, parameters[index].ParameterType, values[index], path + key, folder);
            if (values[index] is null && new NullabilityInfoContext().Create(parameters[index]).WriteState == NullabilityState.NotNull)
                throw new ExperimentException($"{path}{key}: {Expected(parameters[index].ParameterType)} is expected");
            if (values[index] is string file && parameters[index].IsDefined(typeof(FilePathAttribute), inherit: false))
                values[index] = Path.GetFullPath(file, Path.GetFullPath(folder));
        }
        return Activator.CreateInstance(record.GetType(), values)!;
    }

    /// <summary>Returns a model of the kind that the mapping names; a different kind starts from its own defaults.</summary>
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

    /// <summary>Returns data of the set that the mapping names. Samples, classes and sizes of a published set are not those of
    /// a file: where the set becomes a file, all values but the path start from the defaults of a file.</summary>
    private static object OfSet(DataSpec old, YamlMappingNode mapping, string path, string folder)
    {
        var becomesFile = old.Set != DatasetName.File
            && mapping.Children.TryGetValue(SetKey, out var node)
            && Text(node, path + SetKey) == Names.Dashed($"{DatasetName.File}");
        return Overlaid(becomesFile ? DataSpec.File with { Path = old.Path } : old, mapping, path, folder);
    }

    internal static string Text(YamlNode node, string path) =>
        (node as YamlScalarNode)?.Value ?? throw new ExperimentException($"{path}: a string is expected");

    private static object? Value(YamlNode node, Type type, object? old, string path, string folder = ".") => node switch
    {
        YamlMappingNode mapping when type == typeof(ModelSpec) => OfKind((ModelSpec)old!, mapping, path + ".", folder),
        YamlMappingNode mapping when type == typeof(DataSpec) => OfSet((DataSpec)old!, mapping, path + ".", folder),
        YamlMappingNode mapping when IsRecord(type) => Overlaid(old!, mapping, path + ".", folder),
        YamlSequenceNode sequence when type == typeof(IReadOnlyList<int>) =>
            sequence.Select((item, i) => (int)Value(item, typeof(int), null, $"{path}[{i}]")!).ToArray(),
        YamlSequenceNode sequence when type == typeof(IReadOnlyList<double>) =>
            sequence.Select((item, i) => (double)Value(item, typeof(double), null, $"{path}[{i}]")!).ToArray(),
        YamlSequenceNode sequence when type == typeof(IReadOnlyList<string>) =>
            sequence.Select((item, i) => (string)Value(item, typeof(string), null, $"{path}[{i}]")!).ToArray(),
        YamlScalarNode { Value: var empty, Style: not ScalarStyle.Plain } when type == typeof(string) && string.IsNullOrWhiteSpace(empty) =>
            throw new ExperimentException($"{path}: an empty string; write null for no value"),
        YamlScalarNode { Value: var text } when !IsRecord(type) && !IsList(type) =>
            Scalar(text ?? "", type, path),
        _ => throw new ExperimentException($"{path}: {Expected(type)} is expected"),
    };

    private static object? Scalar(string text, Type type, string path)
    {
        var invariant = CultureInfo.InvariantCulture;
        if (type == typeof(string)) return text is "" or "null" or "~" ? null : text;
        if (Nullable.GetUnderlyingType(type) is { } inner) return text is "" or "null" or "~" ? null : Scalar(text, inner, path);
        if (type == typeof(bool) && bool.TryParse(text, out var yes)) return yes;
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
            var index = Array.FindIndex(names, name => Names.Dashed(name) == text);
            return index >= 0 ? Enum.Parse(type, names[index])
                : throw new ExperimentException(
                    $"{path}: '{text}' is unknown{Nearest.Hint(text, names.Select(Names.Dashed))}");
        }
        throw new ExperimentException($"{path}: '{text}' is not {Expected(type)}");
    }

    private static string Expected(Type type) =>
        type == typeof(double) ? "a number"
        : type == typeof(bool) ? "true or false"
        : type == typeof(IReadOnlyList<int>) ? "a list of whole numbers"
        : type == typeof(IReadOnlyList<double>) ? "a list of numbers"
        : type == typeof(int) ? $"a whole number of at most {int.MaxValue:n0}"
        : type == typeof(long) ? "a whole number"
        : type == typeof(IReadOnlyList<string>) ? "a list of strings"
        : type == typeof(string) ? "a string"
        : type.IsEnum ? string.Join(" or ", Enum.GetNames(type).Select(Names.Dashed))
        : type == typeof(ModelSpec) ? $"a mapping with kind: {string.Join(" or ", ModelSpec.Kinds.Keys)}"
        : $"a mapping ({string.Join(", ", Parameters(type).Select(Key))})";

    private static object? Tree(object? value) => value switch
    {
        null or string => value,
        bool yes => yes ? "true" : "false",
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        IFormattable number and (int or long) => number.ToString(null, CultureInfo.InvariantCulture),
        Enum name => Names.Dashed(name.ToString()),
        IEnumerable list => list.Cast<object?>().Select(Tree).ToList(),
        Study study => Members(study).Prepend((StudyKey, study.Kind)).ToDictionary(StringComparer.Ordinal),
        ModelSpec model => Members(model).Prepend((KindKey, model.Kind)).ToDictionary(StringComparer.Ordinal),
        _ => Members(value).ToDictionary(StringComparer.Ordinal),
    };

    private static IEnumerable<(string Key, object? Value)> Members(object record) =>
        Parameters(record.GetType()).Select(parameter => (Key(parameter), Tree(Property(record, parameter))));

    private static IEnumerable<PropertyInfo> Computed(object record) =>
        record.GetType()
            .GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(property => !property.CanWrite);

    private static bool IsRecord(Type type) => type.IsClass && type != typeof(string);

    private static bool IsList(Type type) => type.IsAssignableTo(typeof(IEnumerable)) && type != typeof(string);

    private static ParameterInfo[] Parameters(Type record) =>
        record.GetConstructors().Single().GetParameters();

    private static object? Property(object record, ParameterInfo parameter) =>
        record.GetType().GetProperty(parameter.Name!)!.GetValue(record);

    private static string Key(ParameterInfo parameter) => Names.Underscored(parameter.Name!);
}
