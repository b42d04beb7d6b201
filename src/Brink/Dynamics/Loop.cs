namespace Brink.Dynamics;

/// <summary>Sees each state once, from outside the step, and may end the loop by giving a reason.</summary>
public delegate string? Observer<in TState>(long step, TState state);

/// <summary>How a loop ended. Step: of the last state seen. Reason: an observer's, or null when all steps
/// were made.</summary>
public sealed record LoopEnd(long Step, string? Reason);

/// <summary>The one loop: it runs any dynamics, shows every state to the observers, and frees it
/// afterwards.</summary>
public static class Loop
{
    /// <param name="dynamics">What is run.</param>
    /// <param name="theta">The point [p] it starts at.</param>
    /// <param name="steps">Steps to make; steps + 1 states are seen.</param>
    /// <param name="observers">Called in order; the first reason given ends the loop, after all have seen the
    /// state.</param>
    /// <param name="cancellation">Asked between steps.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; every state until then has been
    /// seen.</exception>
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

    /// <summary>Goes on from a state.</summary>
    /// <param name="dynamics">What is run.</param>
    /// <param name="state">The loop's from here on; it is the first that is seen.</param>
    /// <param name="first">Its step.</param>
    /// <param name="steps">The last step.</param>
    /// <param name="observers">As from the start.</param>
    /// <param name="cancellation">As from the start.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; every state until then has been
    /// seen.</exception>
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
                foreach (var observe in observers) reason = observe(step, state) is { } said ? reason ?? said : reason;
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
