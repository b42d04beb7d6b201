using System.Text.Json.Nodes;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>What an inspection found, in plain words, and as a table.</summary>
public static class SpectrumStory
{
    internal static IEnumerable<string> Of(RunManifest manifest)
    {
        var (sharpness, step) = (manifest.Number("sharpness")!.Value, manifest.Number("largest_stable_step")!.Value);
        if (manifest.Text("remark") is { } remark) yield return remark;
        var uncertain = manifest.Node("top") is JsonArray { Count: > 0 } top ? Number(top[0]!, "residual") : 0;
        var isZero = Math.Abs(sharpness) <= uncertain;
        yield return isZero
            ? $"The sharpness, the largest eigenvalue of the Hessian, is zero to within {Story.N(uncertain)}."
            : $"The sharpness, the largest eigenvalue of the Hessian, is {Story.N(sharpness)}.";
        yield return double.IsPositiveInfinity(step)
            ? "Nothing curves upwards here: gradient descent is stable at any learning rate."
            : $"Gradient descent is stable up to a learning rate of {Story.N(step)}.";
        if (manifest.Node("warm_up")?["reason"] is { } reason) yield return $"A warm-up: {reason.GetValue<string>()}.";
        if (manifest.Node("bottom") is JsonArray { Count: > 0 } bottom && Number(bottom[0]!, "value") is < 0 and var least)
        {
            yield return $"The most negative curvature is {Story.N(least)}" + (isZero ? "." : $", {Story.N(-least / Math.Abs(sharpness))} of the sharpness in magnitude.");
        }
        if (manifest.Number("effective_rank") is { } rank)
            yield return $"The spectrum weighs as much as {Story.N(rank)} eigenvalues of the largest magnitude.";
    }

    /// <summary>The layers of an inspected model: name, parameters, sharpness and trace of its block, share of the top
    /// eigenvector. None where a run is no inspection.</summary>
    public static IReadOnlyList<string[]> Layers(RunManifest manifest)
    {
        if (manifest.Node("layers") is not JsonArray layers) return [];
        return
        [
            .. layers.Select(layer => new[]
            {
                layer!["name"]!.GetValue<string>(),
                Story.N(Number(layer, "parameters")),
                Story.N(Number(layer, "sharpness")),
                Story.N(Number(layer["trace"]!, "value")),
                Percent(Number(layer, "direction_share")),
            }),
        ];
    }

    /// <summary>Method, largest stable step and reason.</summary>
    public static IReadOnlyList<string[]> Advice(RunManifest manifest) =>
        manifest.Node("advice") is not JsonArray advice ? [] :
        [
            .. advice.Select(one => new[]
            {
                one!["method"]!.GetValue<string>(),
                InWords(Number(one, "largest_step")),
                one["reason"]!.GetValue<string>(),
            }),
        ];

    private static string InWords(double step) =>
        double.IsNaN(step) ? "not known" : double.IsPositiveInfinity(step) ? "any" : Story.N(step);

    private static string Percent(double share) =>
        share.ToString("0.0 %", System.Globalization.CultureInfo.InvariantCulture);

    private static double Number(JsonNode node, string key) => node[key] switch
    {
        JsonValue value when value.TryGetValue<double>(out var number) => number,
        JsonValue value when value.TryGetValue<string>(out var text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture),
        _ => double.NaN,
    };
}
