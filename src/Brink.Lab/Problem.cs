using System.Security.Cryptography;
using Brink.Objectives;
using Brink.Zoo.Datasets;
using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>An experiment's data and model in memory, and its loss in either precision.</summary>
public sealed class Problem : IDisposable
{
    private readonly Experiment _experiment;
    private readonly LabelledImages _images;
    private readonly List<Tensor> _owned = [];
    private readonly Dictionary<ScalarType, (Tensor Inputs, Tensor Targets)> _data = [];   // float64, and what was cast from it

    /// <exception cref="ExperimentException">The data cannot be had, or do not fit the
    /// experiment.</exception>
    public Problem(Experiment experiment)
    {
        _experiment = experiment;
        try
        {
            var all = experiment.Data switch
            {
                { Set: DatasetName.FashionMnist, Path: { } folder } => FashionMnist.Training(folder),
                { Set: DatasetName.FashionMnist } => FashionMnist.Training(),
                { Set: DatasetName.Cifar10, Path: { } path } => Cifar10.Training(path),
                _ => throw new ExperimentException(
                    "data.path: cifar10 is not embedded; name its folder or one of its .bin files"),
            };
            _images = all.Take(experiment.Data.Samples, experiment.Data.Classes);
            if (experiment.Data.Pool > Math.Min(_images.Height, _images.Width))
            {
                throw new ExperimentException(
                    $"data.pool: {experiment.Data.Pool}; the images are {_images.Height} by {_images.Width}");
            }
            _data[ScalarType.Float64] = Data();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ExperimentException($"data: {e.Message}", e);
        }
        Model = experiment.Model.Build(
            _images.Channels, _images.Height / experiment.Data.Pool, experiment.Loss.IsBinary() ? 1 : _images.Classes);
    }

    public Model Model { get; }

    public int Samples => _images.Count;

    /// <summary>SHA-256 of the pixels and labels that are used, in hexadecimal.</summary>
    public string DataChecksum
    {
        get
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(_images.Pixels);
            hash.AppendData(_images.Labels);
            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
    }

    /// <summary>The initial parameters [p] in float64, by the experiment's seed.</summary>
    public Tensor Initial() => Model.Initial(_experiment.Seed);

    /// <summary>The mean loss over the data; it lives as long as the problem.</summary>
    public IObjective Objective(ScalarType precision) => Objective(precision, Samples, _experiment.MicroBatch);

    /// <summary>The same over the first samples only.</summary>
    public IObjective Objective(ScalarType precision, int samples, int microBatch)
    {
        if (!_data.TryGetValue(precision, out var data))
        {
            var (exactInputs, exactTargets) = _data[ScalarType.Float64];
            data = (Owned(exactInputs.to(precision)), Owned(exactTargets.to(precision)));
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

    /// <summary>All inputs [n,...] and targets [n,c] in float64.</summary>
    private (Tensor Inputs, Tensor Targets) Data()
    {
        using var scope = NewDisposeScope();
        var (inputs, oneHot) = _images.Standardised(_experiment.Data.Pool, ScalarType.Float64);
        var smoothing = _experiment.LabelSmoothing;
        var targets = _experiment.Loss.IsBinary()
            ? oneHot.narrow(1, 1, 1) * 2 - 1
            : oneHot * (1 - smoothing) + smoothing / _images.Classes;
        return (Owned(inputs), Owned(targets));
    }

    private Tensor Owned(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
