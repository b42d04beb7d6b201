using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>A number at the top of a page.</summary>
/// <param name="Label">Name of the number.</param>
/// <param name="Format">Format for <see cref="double.ToString(string)"/>.</param>
/// <param name="Value">Returns the number; null if a run has none.</param>
public sealed record Headline(string Label, string Format, Func<RunManifest, double?> Value)
{
    /// <summary>Returns the headline of a value in the manifest.</summary>
    /// <param name="key">Key of the value.</param>
    /// <param name="label">Name of the number.</param>
    /// <param name="format">Format for <see cref="double.ToString(string)"/>.</param>
    public static Headline Of(ManifestKey<double?> key, string label, string format) => new(label, format, manifest => manifest.Get(key));

    /// <inheritdoc cref="Of(ManifestKey{double?}, string, string)"/>
    public static Headline Of(ManifestKey<long?> key, string label, string format) => new(label, format, manifest => manifest.Get(key));

    /// <summary>Returns the formatted number of a run; null if the run has none.</summary>
    public string? Text(RunManifest manifest) => Value(manifest)?.ToString(Format, CultureInfo.InvariantCulture);
}
