using Brink.Objectives;
using Brink.Taylor;

namespace Brink.Lab;

/// <summary>A model whose values are replaced by those of each checkpoint.</summary>
public interface IWatchedModel : IDisposable
{
    /// <summary>Names and shapes of the trainable parameters, in the order of theta.</summary>
    IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Parameters { get; }

    /// <summary>Names of the other values that a checkpoint may have, such as the statistics of batch norm.</summary>
    IReadOnlyList<string> Buffers { get; }

    /// <summary>Facts that a user should know, a sentence each.</summary>
    IReadOnlyList<string> Remarks { get; }

    /// <summary>Number of samples.</summary>
    long Samples { get; }

    /// <summary>Coordinates in which the trace of the Hessian is cheap; null where the loss has none.</summary>
    UnitShifts? Shifts { get; }

    /// <summary>Returns the mean loss over some of the samples with the present values; its tensors belong to the caller's dispose
    /// scope, and the caller disposes it if it is disposable.</summary>
    /// <param name="samples">Numbers of the samples.</param>
    IObjective Batch(IReadOnlyList<long> samples);

    /// <summary>Sets the values.</summary>
    /// <param name="values">Values by the names of the model; all parameters, and any buffers.</param>
    /// <returns>The loss and theta [p]; valid until the next call.</returns>
    /// <exception cref="ExperimentException">A shape does not fit.</exception>
    (IObjective Loss, Tensor Theta) At(IReadOnlyDictionary<string, Tensor> values);
}
