using Brink.Dynamics.Stabilization;
using Brink.Objectives;
using Brink.Runs;
using Brink.Steering;
using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>Records the rate of each training under a policy, and what its undone steps met.</summary>
internal sealed class SteeringRecorder(
    RunWriter run, ParameterLayout layout, long instabilityStep, IReadOnlyList<ITrajectory> trajectories)
{
    private readonly IReadOnlyList<ParameterLayer> _layers = ParameterLayer.Of(layout.Parameters.Select(one => (one.Name, one.Size)));
    private readonly SteeredTrajectory[] _steered = [.. trajectories.OfType<SteeredTrajectory>()];

    /// <summary>Records one state, as an observer of the loop.</summary>
    public string? Record(long tracked, SelfStabilizationState state)
    {
        var step = instabilityStep + tracked;
        foreach (var trajectory in _steered)
        {
            if ((state[trajectory.Name] as SteeredTrajectoryState)?.Own is not { } at) continue;
            run.Add(trajectory.Name, EdgeSchema.Multiple, step, at.Steering!.Multiple);
            if (at.Last is not { Decision: not SteeringDecision.Accept } last) continue;
            var diagnosis = SteeringDiagnosis.Of(trajectory.Descent, at, _layers);
            if (diagnosis.Forecast is { } forecast) at.Bursts = at.Bursts.With(forecast);
            run.AddEvent(
                step,
                SteeringSchema.UndoneEvent,
                $"{trajectory.Name}: the loss became {last.Loss:g4} at {last.Multiple:g3} of the rate; the step is undone."
                    + $" {diagnosis.Sentence}.{(diagnosis.Forecast is { } next ? $" {next.Sentence(at.Bursts)}." : "")}");
        }
        return null;
    }
}
