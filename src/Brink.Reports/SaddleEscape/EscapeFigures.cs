using Brink.Runs;

namespace Brink.Reports;

/// <summary>The figures of an escape study: oracle calls against accuracy and dimension, and one run past the
/// saddles.</summary>
internal static class EscapeFigures
{
    public static IReadOnlyList<Figure> Of(RunCurves curves)
    {
        var methods = curves.Manifest.Get(EscapeSchema.Results) ?? [];
        var accuracy = methods.Where(method => method.Against == EscapeSchema.Accuracy).ToArray();
        var conditional = accuracy.Where(method => method.Condition != EscapeSchema.BoundedVariance).ToArray();
        return
        [
            new(
                "escape_calls",
                "Oracle calls until an ε-local minimizer is certified",
                "log₁₀ 1/ε",
                "log₁₀ calls, median of the seeds",
                [.. conditional.SelectMany(Growth)]),
            new(
                "escape_unconditional",
                "Oracle calls without the strong growth condition",
                "log₁₀ 1/ε",
                "log₁₀ calls, median of the seeds",
                [.. accuracy.Where(method => method.Condition == EscapeSchema.BoundedVariance).SelectMany(Growth)]),
            new(
                "escape_dimension",
                "Zeroth-order methods: function values by dimension",
                "log₁₀ dimension",
                "log₁₀ function values",
                [.. methods.Where(method => method.Against == EscapeSchema.Dimension).SelectMany(Growth)]),
            new(
                "escape_descent",
                "One run that starts at the exact saddle",
                "log₁₀ oracle calls",
                "f",
                [.. conditional.SelectMany((method, i) => Drawn(method, i, EscapeSchema.Descent, EscapeStory.Label(method)))]),
            new(
                "escape_path",
                "Path of this run past the saddles",
                "|first coordinate|",
                "|second coordinate|",
                [.. conditional.SelectMany((method, i) => Drawn(method, i, EscapeSchema.Path, EscapeStory.Label(method)))]),
            new(
                "escape_growth",
                "Strong growth constant along the run",
                "step",
                "ρ",
                [
                    .. conditional.SelectMany((method, i) => Drawn(method, i, EscapeSchema.Rho, "ρ"))
                        .Select(curve => curve with { Marked = true }),
                    .. conditional.SelectMany((method, i) => Drawn(method, i, EscapeSchema.RhoLow, "− standard error"))
                        .Select(curve => curve with { Colour = Palette.Pale, Dash = Dash.Dashed }),
                    .. conditional.SelectMany((method, i) => Drawn(method, i, EscapeSchema.RhoHigh, "+ standard error"))
                        .Select(curve => curve with { Colour = Palette.Pale, Dash = Dash.Dashed }),
                ]),
        ];

        IEnumerable<Curve> Growth(EscapeRow method, int i) =>
        [
            .. Drawn(method, i, EscapeSchema.Calls, EscapeStory.Label(method))
                .Where(curve => curve.Y.Any(double.IsFinite))
                .Select(curve => curve with { Marked = true }),
            .. Together(method, i),
            .. Drawn(method, i, EscapeSchema.Fit, $"slope {Story.N(method.Slope ?? double.NaN)}")
                .Where(curve => curve.Y.Any(double.IsFinite))
                .Select(curve => curve with { Dash = Dash.Dashed }),
        ];

        // All seeds as one curve, for a single entry in the legend.
        IEnumerable<Curve> Together(EscapeRow method, int i)
        {
            Curve[] seeds = [.. Drawn(method, i, EscapeSchema.CallsOfSeed, "each seed").Where(curve => curve.Y.Any(double.IsFinite))];
            return seeds.Length < 2 ? [] :
            [
                seeds[0] with
                {
                    X = [.. seeds.SelectMany(curve => curve.X)],
                    Y = [.. seeds.SelectMany(curve => curve.Y)],
                    Dots = true,
                },
            ];
        }

        IReadOnlyList<Curve> Drawn(EscapeRow method, int i, string name, string label) =>
            curves.Alike(label, new(method.Process(), name), Palette.Nth(i));
    }
}
