using Brink.Games;
using Brink.Zoo.Games;

namespace Brink.Lab;

/// <summary>Trains GANs together with one solver, and judges them.</summary>
internal static class GanPlay
{
    private const int JudgedSamples = 2048;

    /// <param name="gans">B GANs.</param>
    /// <param name="solver">Solver that trains.</param>
    /// <param name="steps">Steps of each GAN.</param>
    /// <param name="watch">Called with the step and w [B,p] before each step, and at the end.</param>
    /// <returns>The final w [B,p].</returns>
    public static Tensor Played(GridGan gans, IGameSolver solver, int steps, Action<int, Tensor>? watch)
    {
        using var scope = NewDisposeScope();
        var state = solver.Start(gans.At(0), gans.Start());
        for (var step = 0; step < steps; step++)
        {
            using var inner = NewDisposeScope();
            watch?.Invoke(step, state.W);
            var next = solver.Step(gans.At(step), state);
            state.Dispose();
            inner.MoveToOuter(next.W);
            foreach (var memory in next.Memory) inner.MoveToOuter(memory);
            state = next;
        }
        watch?.Invoke(steps, state.W);
        return scope.MoveToOuter(state.W);
    }

    /// <summary>Returns the modes covered and the share of samples near one, for each GAN.</summary>
    public static IReadOnlyList<(int Modes, double Quality)> Judged(GridGan gans, Tensor w)
    {
        using var scope = NewDisposeScope();
        return [.. gans.Samples(w, JudgedSamples).unbind().Select(GridGan.Assess)];
    }
}
