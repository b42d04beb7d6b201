using System.Security.Cryptography;
using Brink.Objectives;
using Brink.Zoo.Datasets;
using Brink.Zoo.Models;

namespace Brink.Lab;

/// <summary>An experiment's data and model in memory, and its loss in either precision.</summary>
public sealed class Problem : IDisposable
{
    private readonly Experiment _experiment;
    private readonly List<Tensor> _data = [];
    private readonly LabelledImages _images;

    /// <exception cref="ExperimentException">The data cannot be had, or do not fit the
    /// experiment.</exception>
    public Problem(Experiment experiment)
    {
        _experiment = experiment;
        try
        {
            var all = experiment.Data switch
            {
                { Set: DatasetName.FashionMnist, Folder: { } folder } => FashionMnist.Training(folder),
                { Set: DatasetName.FashionMnist } => FashionMnist.Training(),
                _ => throw new ExperimentException($"data.set: {experiment.Data.Set}"),
            };
            _images = all.Take(experiment.Data.Samples, experiment.Data.Classes);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ExperimentException($"data: {e.Message}", e);
        }
        var pool = experiment.Data.Pool;
        if (pool > Math.Min(_images.Height, _images.Width))
        {
            throw new ExperimentException(
                $"data.pool: {pool}; the images are {_images.Height} by {_images.Width}");
        }
        var inputs = _images.Channels * (_images.Height / pool) * (_images.Width / pool);
        Model = new([inputs, .. experiment.Model.Hidden, _images.Classes], experiment.Model.Activation);
    }

    public Mlp Model { get; }

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
    public IObjective Objective(ScalarType precision)
    {
        var (inputs, targets) = _images.Standardised(_experiment.Data.Pool, precision);
        _data.AddRange(inputs.DetachFromDisposeScope(), targets.DetachFromDisposeScope());
        LossFunction loss = _experiment.Loss switch
        {
            LossKind.Mse => EmpiricalLoss.SquaredError,
            _ => throw new ExperimentException($"loss: {_experiment.Loss}"),
        };
        return EmpiricalLoss.Over(
            Model.Dimension,
            Model.Outputs,
            loss,
            inputs,
            targets,
            _experiment.MicroBatch,
            (long)_experiment.ExpansionBudgetMb << 20);
    }

    public void Dispose()
    {
        foreach (var part in _data) part.Dispose();
    }
}
