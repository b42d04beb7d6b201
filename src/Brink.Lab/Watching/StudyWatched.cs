using Brink.Objectives;
using Brink.Taylor;

namespace Brink.Lab;

/// <summary>The network, data and loss of a study.</summary>
/// <param name="study">Study; its own parameters do not matter.</param>
/// <param name="precision">float32 or float64.</param>
public sealed class StudyWatched(NetworkStudy study, ScalarType precision) : IWatchedModel
{
    private readonly Problem _problem = new(study);
    private Tensor? _theta;

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, IReadOnlyList<long> Shape)> Parameters =>
        [.. _problem.Model.Layout.Parameters.Select(parameter => (parameter.Name, (IReadOnlyList<long>)parameter.Shape))];

    /// <inheritdoc/>
    public IReadOnlyList<string> Buffers => [];

    /// <inheritdoc/>
    public IReadOnlyList<string> Remarks => _problem.EngineNotice is { } notice ? [notice] : [];

    /// <inheritdoc/>
    public long Samples => _problem.Samples;

    /// <inheritdoc/>
    public UnitShifts? Shifts => _problem.Shifts(precision);

    /// <inheritdoc/>
    public IObjective Batch(IReadOnlyList<long> samples) => _problem.Batch(precision, samples);

    /// <inheritdoc/>
    public (IObjective Loss, Tensor Theta) At(IReadOnlyDictionary<string, Tensor> values)
    {
        _theta?.Dispose();
        using var scope = NewDisposeScope();
        _theta = cat([.. Parameters.Select(parameter => values[parameter.Name].to(precision).flatten())]).DetachFromDisposeScope();
        return (_problem.Objective(precision), _theta);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _theta?.Dispose();
        _problem.Dispose();
    }
}
