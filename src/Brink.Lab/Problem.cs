using Brink.Objectives;
using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>An experiment's data and model in memory, and its loss in either precision.</summary>
public sealed class Problem : IDisposable
{
    private readonly Experiment _experiment;
    private readonly List<Tensor> _owned = [];

    // float64, and what was cast from it.
    private readonly Dictionary<ScalarType, (Tensor Inputs, Tensor Targets)> _data = [];

    /// <exception cref="ExperimentException">The data cannot be had, or do not fit the
    /// experiment.</exception>
    public Problem(Experiment experiment)
    {
        _experiment = experiment;
        try
        {
            using var scope = NewDisposeScope();
            var data = LoadedData.Of(experiment.Data);
            DataChecksum = data.Checksum;
            Samples = (int)data.Inputs.shape[0];
            var classes = (int)data.OneHot.shape[1];
            Model = experiment.Model.Build(data.Shape, experiment.Loss.IsBinary() ? 1 : classes);
            _data[ScalarType.Float64] = (Owned(data.Inputs), Owned(Targets(data.OneHot)));
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ExperimentException($"data: {e.Message}", e);
        }
    }

    public Model Model { get; }

    public int Samples { get; }

    /// <summary>SHA-256 of the pixels or tokens that are used, and of their labels, in hexadecimal.</summary>
    public string DataChecksum { get; }

    /// <summary>The initial parameters [p] in float64, by the experiment's seed.</summary>
    public Tensor Initial() => Model.Initial(_experiment.Seed);

    /// <summary>The mean loss over the data; it lives as long as the problem.</summary>
    public IObjective Objective(ScalarType precision) =>
        Objective(precision, Samples, _experiment.MicroBatch);

    /// <summary>The same over the first samples only.</summary>
    public IObjective Objective(ScalarType precision, int samples, int microBatch)
    {
        if (!_data.TryGetValue(precision, out var data))
        {
            var (exactInputs, exactTargets) = _data[ScalarType.Float64];
            // Tokens are numbers of rows: whole in any precision.
            var inputs = exactInputs.is_floating_point() ? Owned(exactInputs.to(precision)) : exactInputs;
            data = (inputs, Owned(exactTargets.to(precision)));
            _data[precision] = data;
        }
        LossFunction loss = _experiment.Loss switch
        {
            LossKind.Mse or LossKind.BinaryMse => EmpiricalLoss.SquaredError,
            LossKind.CrossEntropy => EmpiricalLoss.CrossEntropy,
            LossKind.Logistic => EmpiricalLoss.Logistic,
            _ => throw new ExperimentException($"loss: {_experiment.Loss}"),
        };
        return EmpiricalLoss.Over(
            Model.Dimension,
            Model.Outputs,
            loss,
            Owned(data.Inputs[..samples]),
            Owned(data.Targets[..samples]),
            microBatch,
            (long)_experiment.ExpansionBudgetMb << 20,
            _experiment.WeightDecay);
    }

    public void Dispose()
    {
        foreach (var tensor in _owned) tensor.Dispose();
    }

    /// <summary>[n,c] in float64.</summary>
    private Tensor Targets(Tensor oneHot)
    {
        var smoothing = _experiment.LabelSmoothing;
        return _experiment.Loss.IsBinary()
            ? oneHot.narrow(1, 1, 1) * 2 - 1
            : oneHot * (1 - smoothing) + smoothing / oneHot.shape[1];
    }

    private Tensor Owned(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
