using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>A number at the top of a page.</summary>
/// <param name="Label">Name of the number.</param>
/// <param name="Format">Format for <see cref="double.ToString(string)"/>.</param>
/// <param name="Value">Returns the number; null if a run has none.</param>
public sealed record Headline(string Label, string Format, Func<RunManifest, double?> Value)
{
    public static Headline Of(ManifestKey<double?> key, string label, string format) => new(label, format, manifest => manifest.Get(key));

    public static Headline Of(ManifestKey<long?> key, string label, string format) => new(label, format, manifest => manifest.Get(key));

    /// <summary>Returns the formatted number of a run; null if the run has none.</summary>
    public string? Text(RunManifest manifest) => Value(manifest)?.ToString(Format, CultureInfo.InvariantCulture);
}
