using System.Runtime.Intrinsics;

namespace Brink.Landscapes;

/// <summary>End points of gradient descent on an <see cref="EvenSplit"/>, for a grid of starts in the plane of kappa, which
/// determines c, and d.</summary>
/// <param name="Steps">Steps to a stable minimum, [rows x columns], d growing from row to row; NaN where there is none.</param>
/// <param name="FinalKappas">kappa = eta S / 2 of that minimum, below 1; NaN where none was reached.</param>
public sealed record ConvergenceMap(IReadOnlyList<double> Steps, IReadOnlyList<double> FinalKappas)
{
    private static readonly int Lanes = Vector512<double>.Count;

    // Number of steps between two tests of arrival.
    private const int Stride = 16;

    // Beyond this size descent does not return: each step is longer than the last.
    private const double EscapeFactor = 1e3;

    /// <summary>Runs descent from all starts of a grid, its rows in parallel.</summary>
    /// <param name="descent">Descent to run.</param>
    /// <param name="grid">Starts and maximum number of steps.</param>
    /// <exception cref="ArgumentException">The grid is not valid for this descent.</exception>
    public static ConvergenceMap Of(EvenSplit descent, ConvergenceGrid grid)
    {
        grid.Check(descent, nameof(grid));
        var (steps, kappas) = (new double[grid.Columns * grid.Rows], new double[grid.Columns * grid.Rows]);
        Parallel.For(0, grid.Rows, row => new Lane8(descent, grid, row, steps, kappas).Run());
        return new(steps, kappas);
    }

    /// <summary>Descents from eight starts of one row at a time; the next start of the row replaces one that has
    /// arrived.</summary>
    private ref struct Lane8(EvenSplit descent, ConvergenceGrid grid, int row, double[] steps, double[] kappas)
    {
        private readonly double[] _x = new double[Lanes], _y = new double[Lanes];
        private readonly int[] _column = new int[Lanes];
        private readonly long[] _firstStep = new long[Lanes];
        private int _next;

        public void Run()
        {
            for (var lane = 0; lane < Lanes; lane++) Begin(lane, 0);
            var (eta, one) = (Vector512.Create(descent.LearningRate), Vector512<double>.One);
            for (var step = 0L; _column.Any(column => column >= 0); step += Stride)
            {
                var (x, y) = (Vector512.Create(_x), Vector512.Create(_y));
                for (var i = 0; i < Stride; i++)
                {
                    var d = x * y;
                    var power = one;
                    for (var k = 1; k < descent.K; k++) power *= d;
                    var move = eta * (one - (power * d)) * power;
                    (x, y) = (x + (move * y), y + (move * x));
                }
                x.CopyTo(_x);
                y.CopyTo(_y);
                for (var lane = 0; lane < Lanes; lane++)
                    if (_column[lane] >= 0) CheckLane(lane, step + Stride);
            }
        }

        private void CheckLane(int lane, long step)
        {
            var at = new ScalarPair(_x[lane], _y[lane]).Drift;
            var taken = step - _firstStep[lane];
            var cell = (row * grid.Columns) + _column[lane];
            var escaped = !(Math.Abs(_x[lane]) + Math.Abs(_y[lane]) < EscapeFactor * (1 + descent.EdgeC));
            // For even k, x y = -1 is a minimum too.
            var distance = Math.Abs((descent.K % 2 == 0 ? Math.Abs(at.D) : at.D) - 1);
            if (!escaped && distance < ConvergenceGrid.Tolerance && at.C < descent.EdgeC)
                (steps[cell], kappas[cell]) = (taken, descent.Kappa(at.C));
            else if (escaped || taken >= grid.MaxSteps)
                (steps[cell], kappas[cell]) = (double.NaN, double.NaN);
            else
                return;
            Begin(lane, step);
        }

        private void Begin(int lane, long step)
        {
            _column[lane] = -1;
            if (_next == grid.Columns) return;
            var start = new DriftPair(descent.CAt(grid.Kappa(_next)), grid.D(row)).Scalars;
            (_column[lane], _firstStep[lane], _x[lane], _y[lane]) = (_next++, step, start.X, start.Y);
        }
    }
}

/// <summary>Grid of starts: the middles of the cells of a rectangle.</summary>
/// <param name="FromKappa">Lower bound of kappa, at least k eta, where x = y.</param>
/// <param name="ToKappa">Upper bound of kappa.</param>
/// <param name="FromD">Lower bound of d = x y.</param>
/// <param name="ToD">Upper bound of d.</param>
/// <param name="Columns">Number of values of kappa.</param>
/// <param name="Rows">Number of values of d.</param>
/// <param name="MaxSteps">Maximum number of steps of each descent.</param>
public sealed record ConvergenceGrid(
    double FromKappa, double ToKappa, double FromD, double ToD, int Columns = 512, int Rows = 512, long MaxSteps = 100_000)
{
    /// <summary>|d - 1| below which a stable minimum counts as reached.</summary>
    public const double Tolerance = 1e-6;

    /// <summary>Returns kappa in the middle of a column, counted from 0.</summary>
    public double Kappa(int column) => FromKappa + ((column + 0.5) * (ToKappa - FromKappa) / Columns);

    /// <summary>Returns d in the middle of a row, counted from 0.</summary>
    public double D(int row) => FromD + ((row + 0.5) * (ToD - FromD) / Rows);

    internal void Check(EvenSplit descent, string name)
    {
        if (!(FromKappa < ToKappa) || !(FromD < ToD) || !double.IsFinite(ToKappa - FromKappa) || !double.IsFinite(ToD - FromD))
            throw new ArgumentException(
                $"the rectangle is empty or infinite: kappa from {FromKappa} to {ToKappa}, d from {FromD} to {ToD}", name);
        if (!descent.HasEdge || !(FromKappa >= descent.K * descent.LearningRate))
        {
            throw new ArgumentException(
                $"kappa starts at {FromKappa}; it must be at least k eta, which is {descent.K * descent.LearningRate} and must be below 1",
                name);
        }
    }
}
