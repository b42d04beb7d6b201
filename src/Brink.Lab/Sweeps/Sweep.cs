using System.Globalization;

namespace Brink.Lab;

/// <summary>A study at many points: each point has its own values for some settings.</summary>
/// <param name="Study">The study without those values.</param>
/// <param name="Axes">The settings that differ.</param>
/// <param name="Points">All points; their numbers count from 1.</param>
/// <param name="Text">The sweep as YAML, with every value of the study; reading it gives the same points.</param>
public sealed record Sweep(Study Study, IReadOnlyList<SweepAxis> Axes, IReadOnlyList<SweepPoint> Points, string Text)
{
    // A folder of runs with more entries is slow on many file systems.
    private const int MostPoints = 10_000;

    /// <summary>Reads a YAML file: an experiment with the key 'axes' and, for a random search, the key 'random'. All points are
    /// checked.</summary>
    /// <exception cref="ExperimentException">The file is invalid; the message gives file, key and fault, or the point.</exception>
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
            study,
            axes,
            [.. values.Select((own, i) => Point(i + 1, axes, own, study, path, keys.Folder))],
            StudyYaml.Write(study) + keys.Text);
    }

    /// <summary>Returns all combinations of values; those of the last axis change first.</summary>
    private static IEnumerable<IReadOnlyList<string>> Grid(IReadOnlyList<SweepAxis> axes) => axes.Aggregate(
        (IEnumerable<IReadOnlyList<string>>)[[]],
        (points, axis) => points.SelectMany(point => axis.Values.Select(value => (IReadOnlyList<string>)[.. point, value])));

    private static IEnumerable<IReadOnlyList<string>> Drawn(IReadOnlyList<SweepAxis> axes, RandomSearch random) =>
        Enumerable.Range(1, random.Points).Select(point => (IReadOnlyList<string>)
            [.. axes.Select((axis, i) => axis.At(RandomSearch.Share(random.Seed, point, i)))]);

    private static SweepPoint Point(
        int index, IReadOnlyList<SweepAxis> axes, IReadOnlyList<string> values, Study study, string source, string folder)
    {
        var settings = axes.Zip(values, (axis, value) => (axis.Path, value)).ToArray();
        var named = $"{source}: point {index} ({string.Join(", ", settings.Select(one => $"{one.Path}={one.value}"))})";
        return new(index, values, StudyYaml.With(study, settings, named, folder));
    }
}

/// <summary>A point of a sweep.</summary>
/// <param name="Index">Number of the point, from 1.</param>
/// <param name="Values">Value for each axis, as YAML in one line.</param>
/// <param name="Study">The study with these values.</param>
public sealed record SweepPoint(int Index, IReadOnlyList<string> Values, Study Study);
