using Brink.Algebra;
using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Runs;

namespace Brink.Lab;

/// <summary>Writes the measurements behind the theory at intervals: its assumptions, the kernel beta_{s->t}, the cross-section
/// F(x), and the system of two numbers with this run's alpha and beta (docs/reference/run-format.md).</summary>
/// <param name="run">Writer of the run.</param>
/// <param name="objective">L; its calls do not count for the dynamics.</param>
/// <param name="learningRate">Learning rate eta.</param>
/// <param name="interval">Tracked steps between two measurements.</param>
/// <param name="instabilityStep">Step of the first state.</param>
internal sealed class TheoryRecorder(
    RunWriter run, IObjective objective, double learningRate, int interval, long instabilityStep) : IDisposable
{
    private const int CrossSectionPoints = 100;

    /// <summary>Half-width of the cross-section, in delta.</summary>
    private const double CrossSectionWidth = 5;

    /// <summary>Largest y of each orbit of the two numbers, in delta sqrt(beta).</summary>
    private static readonly double[] Levels = [0.25, 0.5, 1, 1.5, 2, 2.5, 3];

    private readonly List<StabilizationKernel> _kernels = [];
    private bool _staged;

    /// <summary>Records one state, as an observer of the loop.</summary>
    public string? Record(long tracked, SelfStabilizationState state)
    {
        using var scope = NewDisposeScope();
        var (dagger, step) = (state.Constrained, instabilityStep + tracked);
        var v = state.Descent.Theta - dagger.Theta;
        FollowKernels(dagger, step);
        RecordPhase(dagger, v, step);
        if (tracked % interval != 0 || tracked == 0) return null;
        _kernels.Add(StabilizationKernel.From(step, dagger));
        RecordAssumptions(Assumptions.At(objective, dagger, v), step);
        RecordCrossSection(dagger, step);
        return null;
    }

    public void Save(Snapshot to)
    {
        to.Set("staged", _staged ? 1 : 0);
        to.Set("kernels", _kernels.Count);
        foreach (var (i, kernel) in _kernels.Index()) kernel.Save(to.Part($"kernel_{i}"));
    }

    public void Restore(Snapshot from)
    {
        _staged = from.Whole("staged") == 1;
        for (var i = 0; i < from.Whole("kernels"); i++) _kernels.Add(StabilizationKernel.Restored(from.Part($"kernel_{i}")));
    }

    public void Dispose()
    {
        foreach (var kernel in _kernels) kernel.Dispose();
    }

    /// <summary>Follows each kernel for two intervals: by then it has decayed, or never will.</summary>
    private void FollowKernels(ConstrainedPoint dagger, long step)
    {
        for (var i = _kernels.Count - 1; i >= 0; i--)
        {
            var kernel = _kernels[i];
            run.AddToCurve(EdgeSchema.BetaFrom, kernel.Start, step - 1 - kernel.Start, kernel.At(dagger));
            if (step - kernel.Start < 2 * interval) _kernels[i] = kernel.Step(dagger, learningRate);
            else _kernels.RemoveAt(i);
            kernel.Dispose();
        }
    }

    private void RecordAssumptions(Assumptions assumptions, long step)
    {
        run.Add(EdgeSchema.HessianV, step, assumptions.HessianV);
        run.Add(EdgeSchema.HessianGradient, step, assumptions.HessianGradient);
        run.Add(EdgeSchema.ThirdV, step, assumptions.ThirdV);
        run.Add(EdgeSchema.ThirdGradient, step, assumptions.ThirdGradient);
        run.Add(EdgeSchema.Rho3, step, assumptions.Rho3);
        run.Add(EdgeSchema.Rho4, step, assumptions.Rho4);
    }

    /// <summary>Writes F(x) = L(theta-dagger + x u) on both sides; without a delta it has no width.</summary>
    private void RecordCrossSection(ConstrainedPoint dagger, long step)
    {
        if (!(dagger.DeltaSquared > 0)) return;
        var width = CrossSectionWidth * Math.Sqrt(dagger.DeltaSquared);
        for (var i = 0; i <= CrossSectionPoints; i++)
        {
            using var scope = NewDisposeScope();
            var x = width * ((2.0 * i / CrossSectionPoints) - 1);
            run.AddToCurve(EdgeSchema.CrossSection, step, x, objective.Loss(dagger.Theta + x * dagger.Direction));
        }
    }

    /// <summary>Writes gradient descent in the plane of the two numbers, in their units; and once, at the first point held at
    /// the edge, the orbit of the two numbers alone.</summary>
    private void RecordPhase(ConstrainedPoint dagger, Tensor v, long step)
    {
        if (!dagger.Active || !(dagger.DeltaSquared > 0) || dagger.Directions.shape[0] > 1) return;
        var (delta, unit) = (Math.Sqrt(dagger.DeltaSquared), Math.Sqrt(dagger.DeltaSquared * dagger.Beta));
        var coordinates = PredictedDynamics.Coordinates(dagger, v);
        var (x, y) = (coordinates.X.item<double>(), coordinates.Y.item<double>());
        run.AddToCurve(EdgeSchema.Phase, instabilityStep, Math.Abs(x) / delta, y / unit);
        if (!_staged) RecordStages(new(dagger.Alpha, dagger.Beta, learningRate), x, y, step);
        _staged = true;
    }

    /// <summary>Writes the two numbers from the point where gradient descent met the edge until their first cycle
    /// closes, or until they are no longer finite.</summary>
    private void RecordStages(CubicSystem system, double x, double y, long step)
    {
        var (delta, unit) = (system.Delta, StagePlane.Unit(system));
        foreach (var (i, height) in Levels.Index()) StagePlane.WriteLevel(run, system, i, height);
        var (wasAbove, wasBelow) = (false, false);
        for (var i = 0L; i < 3 * system.Period; i++)
        {
            run.Add(EdgeSchema.StageX, step + i, x / delta);
            run.Add(EdgeSchema.StageY, step + i, y / unit);
            run.AddToCurve(EdgeSchema.Orbit, step, Math.Abs(x) / delta, y / unit);
            (wasAbove, wasBelow) = (wasAbove || y > 0, wasAbove && (wasBelow || y < 0));
            if ((wasBelow && y > 0) || !double.IsFinite(x) || !double.IsFinite(y)) break;
            (x, y) = system.Step(x, y);
        }
    }
}
