namespace Brink.Lab;

/// <summary>Predictions of gradient descent that a run follows.</summary>
public enum PredictionSet
{
    /// <summary>Those of the paper, in the frame that turns with the top eigenvector.</summary>
    Paper,

    /// <summary>Those of the paper and those of the authors' code (<see
    /// cref="Brink.Dynamics.Stabilization.FixedFrameDynamics"/>).</summary>
    PaperAndCode,
}
