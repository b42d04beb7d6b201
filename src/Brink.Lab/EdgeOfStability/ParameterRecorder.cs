using System.Globalization;
using Brink.Dynamics.Stabilization;
using Brink.Runs;
using Brink.Zoo.Formats;
using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>Writes the last parameters of a run into its folder, as safetensors: each tensor under the name and in the shape of
/// the model, in the precision of its computation.</summary>
internal sealed class ParameterRecorder(RunWriter run, ParameterLayout layout, string experiment) : IDisposable
{
    /// <summary>File names for gradient descent and for the constrained trajectory.</summary>
    public const string Descent = "parameters.safetensors", Constrained = "parameters-constrained.safetensors";

    private Tensor? _descent, _constrained;
    private long _step;

    /// <summary>Keeps a copy of the parameters. Must be called at every state: the loop frees each state, and may end at any of
    /// them.</summary>
    /// <param name="step">Steps from the initial parameters.</param>
    public void Keep(long step, SelfStabilizationState state)
    {
        Dispose();
        _step = step;
        _descent = state.Descent.Theta.clone().DetachFromDisposeScope();
        _constrained = state.Constrained.Theta.clone().DetachFromDisposeScope();
    }

    /// <summary>Writes the parameters of the most recent state that was kept to the folder of the run; does nothing if no state
    /// was kept.</summary>
    public void Write()
    {
        if (_descent is { } descent) Write(Descent, _step, descent);
        if (_constrained is { } constrained) Write(Constrained, _step, constrained);
    }

    /// <summary>Writes one point of gradient descent.</summary>
    /// <param name="step">Steps from the initial parameters.</param>
    /// <param name="theta">[p].</param>
    public void Write(long step, Tensor theta) => Write(Descent, step, theta);

    public void Dispose()
    {
        _descent?.Dispose();
        _constrained?.Dispose();
        (_descent, _constrained) = (null, null);
    }

    private void Write(string file, long step, Tensor theta)
    {
        using var scope = NewDisposeScope();
        var tensors = layout.Parameters.Zip(layout.Split(theta))
            .ToDictionary(part => part.First.Name, part => part.Second, StringComparer.Ordinal);
        Safetensors.Write(Path.Combine(run.Folder, file), tensors, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["experiment"] = experiment,
            ["process"] = file == Constrained ? EdgeSchema.Constrained : EdgeSchema.Descent,
            ["step"] = step.ToString(CultureInfo.InvariantCulture),
            ["precision"] = theta.dtype.ToString().ToLowerInvariant(),
        });
    }
}
