using Brink.Dynamics.Stabilization;
using Brink.Landscapes;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Computes the parts of a landscape study and writes them to its run.</summary>
internal static class LandscapeRecord
{
    private const int PlaneCells = 300, DiagramColumns = 1000, DiagramRows = 500;

    // Learning rates of the law, in units of 1/k.
    private static readonly double[] Rates = [0.02, 0.03, 0.04, 0.06, 0.08, 0.1];

    private static readonly (double Kappa, double D)[] Starts = [(1.1, 1.05), (1.2, 0.9), (1.3, 1.2)];

    // A small oscillation does not determine the scale of d, and a large one is beyond the two-cycle.
    private const double FromCycle = 1.005, ToCycle = 1.2;

    public static void Descent(RunWriter run, NamedLandscape landscape, double learningRate, LandscapeDescent descent)
    {
        foreach (var moment in descent.Moments)
        {
            run.Add(LandscapeSchema.Loss, moment.Step, moment.Loss);
            run.Add(LandscapeSchema.Sharpness, moment.Step, moment.Sharpness);
            if (moment.Theta is not [var x, var y]) continue;
            run.AddToCurve(LandscapeSchema.Path, 0, x, y);
            if (landscape.K is not { } k) continue;
            var drift = new ScalarPair(x, y).Drift;
            var kappa = new EvenSplit(k, learningRate).Kappa(drift.C);
            run.Add(LandscapeSchema.Kappa, moment.Step, kappa);
            run.Add(LandscapeSchema.D, moment.Step, drift.D);
            run.AddToCurve(LandscapeSchema.Drift, 0, kappa, drift.D);
        }
        run.Set(LandscapeSchema.Outcome, descent.Outcome.ToString());
        run.Set(LandscapeSchema.DescentSteps, descent.Steps);
        run.Set(LandscapeSchema.FinalLoss, descent.End.Loss);
        run.Set(LandscapeSchema.FinalSharpness, descent.End.Sharpness);
        if (descent.End.Theta.Count == 2) Plane(run, landscape.Loss(learningRate), descent);
    }

    /// <summary>Writes the loss around the path.</summary>
    private static void Plane(RunWriter run, Landscape loss, LandscapeDescent descent)
    {
        var finite = descent.Moments.Where(moment => moment.Theta.All(x => Math.Abs(x) < 1e3)).ToArray();
        if (finite.Length == 0) return;
        var (x, y) = (Around(finite.Select(moment => moment.Theta[0])), Around(finite.Select(moment => moment.Theta[1])));
        var cells = new double[PlaneCells * PlaneCells];
        Parallel.For(0, PlaneCells, row =>
        {
            for (var column = 0; column < PlaneCells; column++)
                cells[(row * PlaneCells) + column] = loss.Loss([Middle(x, column, PlaneCells), Middle(y, row, PlaneCells)]);
        });
        // A loss that is nowhere negative spans orders of magnitude.
        var logarithmic = cells.Min() >= 0;
        if (logarithmic)
            for (var i = 0; i < cells.Length; i++) cells[i] = Math.Log10(Math.Max(cells[i], 1e-12));
        run.Set(LandscapeSchema.PlaneQuantity, logarithmic ? "log₁₀ loss" : "loss");
        run.SetRaster(LandscapeSchema.Plane, new(PlaneCells, PlaneCells, x, y, cells));

        static Extent Around(IEnumerable<double> values)
        {
            var (least, most) = (values.Min(), values.Max());
            var margin = Math.Max(0.3 * (most - least), 0.5);
            return new(least - margin, most + margin);
        }
    }

    /// <summary>Writes the density of the late iterates of d at fixed c.</summary>
    public static void Diagram(RunWriter run, EvenSplit split, double from, double to)
    {
        var diagram = BifurcationDiagram.Of(new FrozenFamily(split.K, split.LearningRate), new(from, to));
        var finite = diagram.Iterates.SelectMany(late => late).Where(double.IsFinite).DefaultIfEmpty(1);
        var (least, most) = (finite.Min(), finite.Max());
        var margin = Math.Max(0.02 * (most - least), 0.01);
        var (x, y) = (new Extent(from, to), new Extent(least - margin, most + margin));
        var counts = new double[DiagramColumns * DiagramRows];
        for (var i = 0; i < diagram.Parameters.Count; i++)
        {
            var column = Math.Min(DiagramColumns - 1, i * DiagramColumns / diagram.Parameters.Count);
            foreach (var d in diagram.Iterates[i].Where(double.IsFinite))
                counts[((int)((d - y.From) / (y.To - y.From) * DiagramRows) * DiagramColumns) + column]++;
            run.AddToCurve(LandscapeSchema.Exponent, 0, diagram.Parameters[i], diagram.Exponents[i]);
            var period = diagram.Periods[i] == 0 ? double.NaN : diagram.Periods[i];
            run.AddToCurve(LandscapeSchema.CyclePeriod, 0, diagram.Parameters[i], period);
        }
        run.SetRaster(
            LandscapeSchema.Density, new(DiagramColumns, DiagramRows, x, y, [.. counts.Select(n => n == 0 ? double.NaN : Math.Log10(n))]));
    }

    /// <summary>Writes the thresholds of the limit of small learning rates.</summary>
    public static BifurcationThresholds Thresholds(RunWriter run)
    {
        var thresholds = BifurcationThresholds.OfCubic();
        run.Set(LandscapeSchema.Thresholds, thresholds.All);
        return thresholds;
    }

    public static void Convergence(RunWriter run, EvenSplit split, ConvergenceGrid grid)
    {
        var map = ConvergenceMap.Of(split, grid);
        var (x, y) = (new Extent(grid.FromKappa, grid.ToKappa), new Extent(grid.FromD, grid.ToD));
        run.SetRaster(LandscapeSchema.Steps, new(grid.Columns, grid.Rows, x, y, [.. map.Steps.Select(Math.Log10)]));
        run.SetRaster(LandscapeSchema.FinalKappa, new(grid.Columns, grid.Rows, x, y, map.FinalKappas));
        run.Set(LandscapeSchema.ConvergingShare, map.Steps.Count(double.IsFinite) / (double)map.Steps.Count);
    }

    /// <summary>Writes the gap below 2/eta over the learning rates, and the final sharpness over the start.</summary>
    public static void Law(RunWriter run, int k)
    {
        var law = FinalSharpnessLaw.Of(k, [.. Rates.Select(rate => rate / k)], Starts);
        foreach (var gap in law.Gaps)
            run.AddToCurve(LandscapeSchema.LawGap, Array.IndexOf(Starts, (gap.Kappa, gap.D)), gap.LearningRate, gap.Value);
        foreach (var rate in Rates.Select(rate => rate / k).Prepend(0))
            run.AddToCurve(LandscapeSchema.LawLine, 0, rate, law.Coefficient + (law.Slope * rate * rate));
        run.Set(LandscapeSchema.LawCoefficient, law.Coefficient);
        run.Set(LandscapeSchema.LawError, law.StandardError);
        // Also the splits with the same k eta: the final sharpness of each start.
        foreach (var other in new[] { 1, 2, 3, 4 })
        {
            var split = new EvenSplit(other, Rates[^1] / other);
            for (var kappa = 0.8; kappa < 1.6; kappa += 0.02)
            {
                var end = EvenSplitEnd.Of(split, new(split.CAt(kappa), 1.05), maxSteps: 100_000);
                run.AddToCurve(LandscapeSchema.FinalKappaByStart, other, kappa, end.FinalSharpness / split.Threshold);
            }
        }
    }

    /// <summary>Writes the oscillation of a network in the scale of d, in which its amplitude is that of the
    /// two-cycle.</summary>
    public static void Network(RunWriter run, NetworkCounterpart network)
    {
        var oscillations = network.Run();
        var (product, square) = (0.0, 0.0);
        foreach (var at in oscillations.Where(at => at.Kappa is > FromCycle and < ToCycle))
        {
            var (low, high) = CubicFamily.TwoCycle(at.Kappa);
            var amplitude = (high - low) / 2;
            product += Math.Abs(at.X) * amplitude;
            square += amplitude * amplitude;
        }
        if (product == 0) return;
        foreach (var at in oscillations)
        {
            run.Add(LandscapeSchema.NetworkKappa, at.Step, at.Kappa);
            run.Add(LandscapeSchema.NetworkX, at.Step, at.X);
            run.Add(LandscapeSchema.NetworkLoss, at.Step, at.Loss);
            run.AddToCurve(LandscapeSchema.Oscillation, 0, at.Kappa, 1 + (at.X * square / product));
        }
    }

    /// <summary>Writes the plane of the two-variable system in the units delta and delta beta^(1/2), and the periods of its
    /// closed orbits.</summary>
    public static void Portrait(RunWriter run, CubicSystem system)
    {
        var unit = StagePlane.Unit(system);
        for (var i = 1; i <= 8; i++)
        {
            StagePlane.WriteLevel(run, system, i, 0.25 * i);
            run.AddToCurve(LandscapeSchema.OrbitPeriod, 0, 0.25 * i, system.PeriodOf(0.25 * i * unit) / system.Period);
        }
        var (at, steps) = ((X: system.Delta, Y: 0.75 * unit), (int)Math.Min(20_000, 2 * system.Period));
        for (var step = 0; step <= steps; step++)
        {
            run.AddToCurve(EdgeSchema.Orbit, 0, Math.Abs(at.X) / system.Delta, at.Y / unit);
            run.Add(LandscapeSchema.Energy, step, system.Energy(at.X, at.Y));
            if (!double.IsFinite(at.X) || !double.IsFinite(at.Y)) break;
            at = system.Step(at.X, at.Y);
        }
        run.Set(LandscapeSchema.Period, system.Period);
    }

    private static double Middle(Extent extent, int i, int cells) =>
        extent.From + ((i + 0.5) * (extent.To - extent.From) / cells);
}
