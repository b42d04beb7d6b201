namespace Brink.Dynamics;

/// <summary>Receives each state once, outside the step, and may end the loop by returning a reason.</summary>
public delegate string? Observer<in TState>(long step, TState state);

/// <summary>The end of a loop.</summary>
/// <param name="Step">Step of the last state that was passed to the observers.</param>
/// <param name="Reason">Reason that an observer returned; null if all steps were made.</param>
public sealed record LoopEnd(long Step, string? Reason);

/// <summary>Runs any dynamics, passes every state to the observers, and disposes it afterwards.</summary>
public static class Loop
{
    /// <param name="dynamics">Dynamics to run.</param>
    /// <param name="theta">Starting point [p].</param>
    /// <param name="steps">Number of steps; the observers receive steps + 1 states.</param>
    /// <param name="observers">Called in order; the first reason returned ends the loop, after all have received the
    /// state.</param>
    /// <param name="cancellation">Checked between steps.</param>
    /// <exception cref="OperationCanceledException">The loop was cancelled; the observers have received
    /// every state until then.</exception>
    public static LoopEnd Run<TState>(
        IDynamics<TState> dynamics,
        Tensor theta,
        long steps,
        IReadOnlyList<Observer<TState>> observers,
        CancellationToken cancellation = default)
        where TState : IDisposable
    {
        return Run(dynamics, dynamics.Start(theta), 0, steps, observers, cancellation);
    }

    /// <summary>Continues from a state.</summary>
    /// <param name="dynamics">Dynamics to run.</param>
    /// <param name="state">First state that the observers receive; the loop takes ownership.</param>
    /// <param name="first">Step of that state.</param>
    /// <param name="steps">Last step.</param>
    /// <param name="observers">Called in order; the first reason returned ends the loop.</param>
    /// <param name="cancellation">Checked between steps.</param>
    /// <exception cref="OperationCanceledException">The loop was cancelled; the observers have received
    /// every state until then.</exception>
    public static LoopEnd Run<TState>(
        IDynamics<TState> dynamics,
        TState state,
        long first,
        long steps,
        IReadOnlyList<Observer<TState>> observers,
        CancellationToken cancellation = default)
        where TState : IDisposable
    {
        try
        {
            for (var step = first; ; step++)
            {
                string? reason = null;
                foreach (var observe in observers) reason = observe(step, state) is { } given ? reason ?? given : reason;
                if (reason is not null || step == steps) return new(step, reason);
                cancellation.ThrowIfCancellationRequested();
                var next = dynamics.Step(state);
                state.Dispose();
                state = next;
            }
        }
        finally
        {
            state.Dispose();
        }
    }
}
