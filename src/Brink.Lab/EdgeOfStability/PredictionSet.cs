namespace Brink.Lab;

/// <summary>Predictions of gradient descent that a run follows.</summary>
public enum PredictionSet
{
    /// <summary>The paper's, in the frame that turns with the top eigenvector.</summary>
    Paper,

    /// <summary>Besides those, the ones of the authors' code (<see cref="Brink.Dynamics.Stabilization.FixedFrameDynamics"/>).</summary>
    PaperAndCode,
}
