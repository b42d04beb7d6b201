using Brink.Objectives;

namespace Brink.MiniBatches;

/// <summary>The critical learning rate, the least step eta along an update d at which the loss rises: min { eta above 0 : L(theta -
/// eta d) above L(theta) } (Kalra et al. 2026, arXiv 2601.16979). It takes losses only, no derivatives.</summary>
/// <remarks>
/// <para>An exponential search from below finds the first factor of two that contains a crossing, and bisection narrows it. A NaN
/// counts as a rise; in the authors' code it does not, and the search there runs to its limit. A crossing and a return inside one
/// factor of two are missed.</para>
/// <para>On a quadratic it is 2 over the <see cref="DirectionalSharpness"/> along d.</para>
/// </remarks>
/// <param name="Guess">First step of the search, such as that of the last measurement.</param>
/// <param name="RelativeError">Width of the interval that ends the bisection, relative to its upper end.</param>
/// <param name="Most">Maximum number of losses.</param>
public sealed record CriticalLearningRate(double Guess = 1e-3, double RelativeError = 1.0 / 16, int Most = 60)
{
    // Share of the guess at which the search begins: a last crossing can have moved down.
    private const double Start = 0.25;

    /// <summary>Measures along a direction.</summary>
    /// <param name="loss">Loss L.</param>
    /// <param name="theta">Parameters [p].</param>
    /// <param name="update">Direction d [p] of the step theta - eta d.</param>
    /// <param name="known">L(theta), if it is known.</param>
    public CriticalStep Along(IObjective loss, Tensor theta, Tensor update, double? known = null)
    {
        var here = known ?? loss.Loss(theta);
        return Of(eta =>
        {
            using var scope = NewDisposeScope();
            return loss.Loss(theta - (eta * update));
        }, here);
    }

    /// <summary>Measures for a function of the step.</summary>
    /// <param name="loss">L(theta - eta d) for a step eta.</param>
    /// <param name="here">L(theta).</param>
    public CriticalStep Of(Func<double, double> loss, double here)
    {
        var count = 0;
        var (low, high) = (0.0, Guess * Start);
        // Down until a step lowers the loss, if the first one does not.
        while (Rises(high))
        {
            if (count >= Most) return new(double.NaN, 0, high, count);
            high /= 2;
        }
        var (fell, wasLowered) = (high, count > 1);
        low = fell;
        high = 2 * low;
        if (!wasLowered)
        {
            while (!Rises(high))
            {
                if (count >= Most) return new(double.PositiveInfinity, high, double.PositiveInfinity, count);
                (low, high) = (high, 2 * high);
            }
        }
        while (high - low > RelativeError * high && count < Most)
        {
            var middle = (low + high) / 2;
            if (Rises(middle)) high = middle;
            else low = middle;
        }
        return new((low + high) / 2, low, high, count);

        bool Rises(double eta)
        {
            count++;
            return !(loss(eta) <= here);
        }
    }
}

/// <summary>A critical learning rate.</summary>
/// <param name="Value">Middle of the interval; infinite where no step raised the loss, NaN where every step did.</param>
/// <param name="Low">Largest step below it that lowers the loss.</param>
/// <param name="High">Least step above it that raises the loss.</param>
/// <param name="Losses">Number of computed losses.</param>
public sealed record CriticalStep(double Value, double Low, double High, int Losses);
