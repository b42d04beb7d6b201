using System.Globalization;
using Brink.Runs;

namespace Brink.Reports;

/// <summary>Figures of a BNP study: final values against the batch size, and for each batch size their course.</summary>
internal static class BnpFigures
{
    // Vanilla in near-black: it is the reference for the others.
    private static readonly (string Name, string Colour)[] Variants =
    [
        (BnpSchema.Vanilla, Palette.Ink), (BnpSchema.BatchNorm, Palette.Nth(1)),
        (BnpSchema.GroupNorm, Palette.Nth(2)), (BnpSchema.Bnp, Palette.Nth(0)),
    ];

    private const string WithoutP = "bnp, Hessian without P";

    public static IReadOnlyList<Chapter> Chapters(RunCurves curves)
    {
        var all = curves.Manifest.Get(BnpSchema.Results) ?? [];
        return all.Count == 0 ? [] :
        [
            new("Preconditioning by batch size", [.. OverBatches(all)]),
            .. all.Select(one => one.Batch).Distinct().Select(batch => new Chapter(
                $"Batch size {batch.ToString(CultureInfo.InvariantCulture)}", [.. At(curves, batch)])),
        ];
    }

    private static IEnumerable<Figure> OverBatches(IReadOnlyList<BnpResult> all)
    {
        yield return Figure("bnp_loss", "Final training loss", "cross-entropy", Over(one => one.FinalLoss)) with { Log = true };
        yield return Figure("bnp_accuracy", "Final test accuracy", "accuracy", Over(one => one.Accuracy));
        yield return Figure(
            "bnp_spread",
            "Largest over mean magnitude of the eigenvalues at the end",
            "max |λ| / mean |λ|",
            [.. Over(one => one.Spread), PlainOfBnp(one => one.PlainSpread)]) with
        { Log = true };
        yield return Figure(
            "bnp_condition",
            "Condition number at the end, without null directions",
            "max |λ| / min |λ|",
            [.. Over(one => one.ConditionNumber), PlainOfBnp(one => one.PlainConditionNumber)]) with
        { Log = true };

        IEnumerable<Curve> Over(Func<BnpResult, double?> value) =>
            Variants.Select(variant => Curve(variant.Name, variant.Name, variant.Colour, value));

        Curve PlainOfBnp(Func<BnpResult, double?> value) =>
            Curve(BnpSchema.Bnp, WithoutP, Palette.Nth(5), value) with { Dash = Dash.Dashed };

        Curve Curve(string variant, string label, string colour, Func<BnpResult, double?> value)
        {
            BnpResult[] its = [.. all.Where(one => one.Variant == variant).OrderBy(one => one.Batch)];
            return new(
                label, colour, [.. its.Select(one => Math.Log2(one.Batch))], [.. its.Select(one => value(one) ?? double.NaN)])
            {
                Marked = true,
            };
        }

        static Figure Figure(string name, string title, string label, IEnumerable<Curve> drawn) =>
            new(name, title, "log₂ of the batch size", label, [.. drawn.Where(curve => curve.Y.Any(double.IsFinite))]);
    }

    private static IEnumerable<Figure> At(RunCurves curves, int batch)
    {
        var end = batch.ToString(CultureInfo.InvariantCulture);
        yield return Steps("loss", "Training loss", "cross-entropy", Series(BnpSchema.Loss)) with { Log = true };
        yield return Steps("accuracy", "Test accuracy", "accuracy", Series(BnpSchema.Accuracy));
        yield return Time("loss", BnpSchema.Loss, "Training loss against time", "cross-entropy") with { Log = true };
        yield return Time("accuracy", BnpSchema.Accuracy, "Test accuracy against time", "accuracy");
        yield return Steps("spread", "Largest over mean magnitude of the eigenvalues", "max |λ| / mean |λ|", Felt(BnpSchema.Spread)) with
        {
            Log = true,
        };
        yield return Steps(
            "condition", "Condition number, without null directions", "max |λ| / min |λ|", Felt(BnpSchema.ConditionNumber)) with
        {
            Log = true,
        };
        yield return new Figure(
            $"bnp_density_{end}",
            "Spectral density of the Hessian at the last measurement",
            "log₁₀ (|λ| / max |λ|)",
            "density per decade",
            [.. Densities()]);

        SeriesKey Key(string variant, string name) => new(BnpSchema.Process(variant, batch), name);

        Figure Steps(string name, string title, string label, IEnumerable<Curve> drawn) =>
            Figure.OverSteps($"bnp_{name}_{end}", title, label, drawn);

        IEnumerable<Curve> Series(string name) =>
            Variants.Select(variant => curves.Series(variant.Name, Key(variant.Name, name), variant.Colour) with { Marked = false });

        // The Hessian that determines the steps: of BNP the preconditioned one, and for comparison the Hessian itself.
        IEnumerable<Curve> Felt(string name) =>
        [
            .. Variants.Select(variant => curves.Series(
                variant.Name, Key(variant.Name, BnpSchema.Of(Which(variant.Name), name)), variant.Colour)),
            curves.Series(WithoutP, Key(BnpSchema.Bnp, BnpSchema.Of(BnpSchema.Plain, name)), Palette.Nth(5)) with { Dash = Dash.Dashed },
        ];

        Figure Time(string name, string series, string title, string label)
        {
            var drawn = Series(series).Zip(Variants, (curve, variant) =>
                curve with { X = [.. curves.Run.Points(Key(variant.Name, BnpSchema.Seconds)).Select(point => point.Value)] });
            return new($"bnp_{name}_time_{end}", title, "seconds of training", label, [.. drawn.Where(curve => curve.X.Count > 0)]);
        }

        IEnumerable<Curve> Densities()
        {
            foreach (var (name, colour) in Variants)
                if (Last(name, Which(name)) is { } last) yield return Curve.Through(name, colour, last.Points);
            if (Last(BnpSchema.Bnp, BnpSchema.Plain) is { } plain)
                yield return Curve.Through(WithoutP, Palette.Nth(5), plain.Points) with { Dash = Dash.Dashed };
        }

        StepCurve? Last(string variant, string hessian) =>
            curves.Run.Curves(Key(variant, BnpSchema.Of(hessian, BnpSchema.Density))) is [.., var last] ? last : null;
    }

    private static string Which(string variant) => variant == BnpSchema.Bnp ? BnpSchema.Preconditioned : BnpSchema.Plain;
}
