using System.Globalization;

namespace Brink.Lab;

/// <summary>A study at many points: each point has its own values for some settings.</summary>
/// <param name="Source">File of the sweep, for messages.</param>
/// <param name="Study">The study without those values.</param>
/// <param name="Axes">The settings that differ.</param>
/// <param name="Points">All points.</param>
/// <param name="Folder">Folder where relative paths in the values start.</param>
/// <param name="Text">The sweep as YAML, with every value of the study; reading it gives the same points.</param>
public sealed record Sweep(
    string Source, Study Study, IReadOnlyList<SweepAxis> Axes, IReadOnlyList<SweepPoint> Points, string Folder, string Text)
{
    // A folder of runs with more entries is slow on many file systems.
    private const int MostPoints = 10_000;

    /// <summary>Reads a YAML file: an experiment with the key 'axes' and, for a random search, the key 'random'.</summary>
    /// <exception cref="ExperimentException">The file is invalid; the message gives file, key and fault.</exception>
    public static Sweep Read(string path)
    {
        SweepYaml? keys = null;
        var study = ExperimentYaml.Read(path, root =>
        {
            keys = SweepYaml.Taken(root, Path.GetDirectoryName(Path.GetFullPath(path)) ?? ".");
            return ExperimentYaml.Start(root, StudyKinds.Standard);
        });
        var (axes, random) = (keys!.Axes, keys.Random);
        var count = random?.Points ?? axes.Aggregate(1.0, (product, axis) => product * axis.Values.Count);
        if (count > MostPoints)
        {
            throw new ExperimentException(string.Create(
                CultureInfo.InvariantCulture,
                $"{path}: {count:n0} points; a sweep has at most {MostPoints:n0}: reduce the values of an axis, or use random"));
        }
        var values = random is null ? Grid(axes) : Drawn(axes, random);
        return new(
            path, study, axes, [.. values.Select((own, i) => new SweepPoint(i + 1, own))], keys.Folder, StudyYaml.Write(study) + keys.Text);
    }

    /// <summary>Returns this sweep after checking the study of every point.</summary>
    /// <exception cref="ExperimentException">A value is invalid; the message gives the first such point.</exception>
    public Sweep Checked()
    {
        foreach (var point in Points) At(point);
        return this;
    }

    /// <summary>Returns the study of a point.</summary>
    /// <exception cref="ExperimentException">A value is invalid; the message gives the point.</exception>
    public Study At(SweepPoint point)
    {
        var settings = Axes.Zip(point.Values, (axis, value) => (axis.Path, Value: value)).ToArray();
        var values = string.Join(", ", settings.Select(one => $"{one.Path}={one.Value}"));
        return StudyYaml.With(Study, settings, $"{Source}: point {point.Index} ({values})", Folder);
    }

    /// <summary>Returns all combinations of values; those of the last axis change first.</summary>
    private static IEnumerable<IReadOnlyList<string>> Grid(IReadOnlyList<SweepAxis> axes) => axes.Aggregate(
        (IEnumerable<IReadOnlyList<string>>)[[]],
        (points, axis) => points.SelectMany(point => axis.Values.Select(value => (IReadOnlyList<string>)[.. point, value])));

    private static IEnumerable<IReadOnlyList<string>> Drawn(IReadOnlyList<SweepAxis> axes, RandomSearch random) =>
        Enumerable.Range(1, random.Points).Select(point => (IReadOnlyList<string>)
            [.. axes.Select((axis, i) => axis.At(RandomSearch.Share(random.Seed, point, i)))]);
}

/// <summary>A point of a sweep.</summary>
/// <param name="Index">Number of the point, from 1.</param>
/// <param name="Values">Value for each axis, as YAML in one line.</param>
public sealed record SweepPoint(int Index, IReadOnlyList<string> Values);
