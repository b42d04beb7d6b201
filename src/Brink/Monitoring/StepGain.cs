namespace Brink.Monitoring;

/// <summary>The gain r of an optimizer's filter at the frequency of an oscillation that changes sign at every step: stability ends
/// where eta r times the curvature reaches 2 (docs/reference/papers.md, edges of other optimizers).</summary>
public static class StepGain
{
    /// <summary>The gain of gradient descent with momentum: (1 - dampening)/(1 + beta) of heavy ball, 1 + beta/(1 + beta) of Nesterov
    /// without dampening, 1 without momentum.</summary>
    public static double Momentum(double beta, double dampening = 0, bool nesterov = false)
    {
        var buffer = (beta == 0 ? 1 : 1 - dampening) / (1 + beta);
        return nesterov ? 1 + (beta * buffer) : buffer;
    }

    /// <summary>The gain of Adam's first moment, (1 - beta1)/(1 + beta1).</summary>
    public static double Adam(double beta1) => (1 - beta1) / (1 + beta1);
}
