using System.Diagnostics;
using Brink.Landscapes;

namespace Brink.Bench;

/// <summary>Cost of a bifurcation diagram and a convergence map in seconds, compared with equivalent plain loops.</summary>
internal static class LandscapeCosts
{
    public static IReadOnlyList<LandscapeCostsRow> Rows() => [.. Diagrams(), .. Maps()];

    private static LandscapeCostsRow[] Diagrams()
    {
        var spec = new BifurcationSpec(0.8, 2.05);
        var times = Alternating.Medians(
            3,
            () => BifurcationDiagram.Of(new CubicFamily(), spec),
            () => Plain(spec),
            () => BifurcationDiagram.Of(new FrozenFamily(2, 0.05), spec));
        var size = $"{spec.Parameters:n0} parameters, {spec.WarmUp:n0} + {spec.Iterates:n0} iterates";
        return
        [
            new($"bifurcation diagram of the cubic family, {size}", times[0] / 1000, times[1] / 1000, times[1] / times[0], null),
            new($"bifurcation diagram of the frozen family, {size}", times[2] / 1000, null, null, null),
        ];
    }

    private static IEnumerable<LandscapeCostsRow> Maps()
    {
        foreach (var rate in new[] { 0.2, 0.1, 0.05 })
        {
            var descent = new EvenSplit(2, rate);
            var grid = new ConvergenceGrid(0.8, 2.05, 0, 1.8);
            var watch = Stopwatch.StartNew();
            var map = ConvergenceMap.Of(descent, grid);
            var seconds = watch.Elapsed.TotalSeconds;
            // The plain loop takes every fiftieth row.
            watch.Restart();
            var checksum = 0.0;
            for (var row = 25; row < grid.Rows; row += 50)
                for (var column = 0; column < grid.Columns; column++) checksum += Plain(descent, grid, row, column);
            var plain = watch.Elapsed.TotalSeconds * 50;
            // The sum is used: otherwise the compiler could remove the loop.
            if (!double.IsFinite(checksum)) throw new ArithmeticException("a step count of the plain loop is not finite");
            yield return new(
                $"convergence map {grid.Rows} x {grid.Columns}, up to {grid.MaxSteps:n0} steps, eta {rate}",
                seconds,
                plain,
                plain / seconds,
                map.Steps.Count(double.IsFinite) / (double)map.Steps.Count);
        }
    }

    private static double Plain(BifurcationSpec spec)
    {
        var sum = 0.0;
        for (var i = 0; i < spec.Parameters; i++)
        {
            var kappa = spec.From + (i * (spec.To - spec.From) / (spec.Parameters - 1));
            var (d, late) = (spec.Start, new double[spec.Iterates]);
            for (var n = 0; n < spec.WarmUp; n++) d *= 1 + (kappa * (1 - (d * d)));
            for (var n = 0; n < spec.Iterates; n++)
            {
                late[n] = d;
                sum += Math.Log(Math.Abs(1 + (kappa * (1 - (3 * d * d)))));
                d *= 1 + (kappa * (1 - (d * d)));
            }
        }
        return sum;
    }

    private static long Plain(EvenSplit descent, ConvergenceGrid grid, int row, int column)
    {
        var at = new DriftPair(descent.CAt(grid.Kappa(column)), grid.D(row)).Scalars;
        for (var step = 0L; step < grid.MaxSteps; step++)
        {
            at = descent.Next(at);
            var d = Math.Abs(at.X * at.Y);
            if (!double.IsFinite(d) || (Math.Abs(d - 1) < ConvergenceGrid.Tolerance && at.Drift.C < descent.EdgeC)) return step;
        }
        return grid.MaxSteps;
    }
}

/// <summary>Seconds of ours and of the plain loop, where there is one, and the share of a map's starts that converge.</summary>
internal sealed record LandscapeCostsRow(string What, double Seconds, double? PlainSeconds, double? Ratio, double? Converging);
