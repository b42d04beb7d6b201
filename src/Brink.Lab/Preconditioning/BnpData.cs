namespace Brink.Lab;

/// <summary>The images of the BNP study: all in float32 for training, the first in float64 for the Hessian.</summary>
internal sealed class BnpData : IDisposable
{
    /// <exception cref="ExperimentException">The data are not available or do not fit the study.</exception>
    public BnpData(BnpStudy study)
    {
        try
        {
            using var scope = NewDisposeScope();
            var (training, test) = (LoadedData.Of(study.Data), LoadedData.TestOf(study.Data, study.TestPath));
            Shape = training.Shape switch
            {
                ImageShape images => images,
                // A dense network reads numbers of any shape as one row.
                VectorShape vectors when study.Model == BnpModel.Mlp => new ImageShape(1, 1, vectors.Size),
                _ => throw new ExperimentException(
                    "data: the samples are not images [n,channels,height,width], which model=cnn needs; use model=mlp"),
            };
            (Checksum, TestChecksum) = (training.Checksum, test.Checksum);
            var (oneHot, testOneHot) = (OneHot(training), OneHot(test));
            Classes = (int)oneHot.shape[1];
            var n = (int)training.Inputs.shape[0];
            if (study.Batches.Max() > n)
                throw new ExperimentException($"batches: {study.Batches.Max()}; it must be at most the number of training images, {n}");
            var probe = Math.Min(study.CurvatureSamples, (int)training.Inputs.shape[0]);
            Inputs = Kept(training.Inputs.to(ScalarType.Float32));
            Labels = Kept(oneHot.argmax(1));
            TestInputs = Kept(test.Inputs.to(ScalarType.Float32));
            TestLabels = Kept(testOneHot.argmax(1));
            ProbeInputs = Kept(training.Inputs[..probe].clone());
            ProbeTargets = Kept(oneHot[..probe].clone());
            if (study.Parameters is not { } file) return;
            var given = InitialParameters.Read(
                file, BnpLayout.Of(study.Model, Shape, Classes), dense: study.Model == BnpModel.Mlp);
            (Start, ParametersChecksum) = (Kept(given.Theta), given.Checksum);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new ExperimentException($"data: {e.Message}", e);
        }

        static Tensor Kept(Tensor tensor) => tensor.DetachFromDisposeScope();

        static Tensor OneHot(LoadedData data) => data.Targets is ClassTargets classes
            ? classes.OneHot
            : throw new ExperimentException("data: the targets are not classes; store them as integers [n] from 0");
    }

    public ImageShape Shape { get; }

    public int Classes { get; }

    public string Checksum { get; }

    public string TestChecksum { get; }

    /// <summary>SHA-256 of the file of initial parameters; null where the seed draws them.</summary>
    public string? ParametersChecksum { get; }

    /// <summary>Initial weights and biases [p] in float64; null where the seed draws them.</summary>
    public Tensor? Start { get; }

    /// <summary>[n,channels,height,width].</summary>
    public Tensor Inputs { get; }

    /// <summary>[n].</summary>
    public Tensor Labels { get; }

    public Tensor TestInputs { get; }

    public Tensor TestLabels { get; }

    public Tensor ProbeInputs { get; }

    /// <summary>One-hot targets of the probe.</summary>
    public Tensor ProbeTargets { get; }

    /// <summary>Returns mean cross-entropy and accuracy, in evaluation mode.</summary>
    public static (double Loss, double Accuracy) Score(nn.Module<Tensor, Tensor> network, Tensor inputs, Tensor labels)
    {
        const int Part = 500;
        using var quiet = no_grad();
        network.eval();
        var n = inputs.shape[0];
        var (loss, right) = (0.0, 0L);
        for (long start = 0; start < n; start += Part)
        {
            using var scope = NewDisposeScope();
            var length = Math.Min(Part, n - start);
            var outputs = network.call(inputs.narrow(0, start, length));
            var targets = labels.narrow(0, start, length);
            loss += nn.functional.cross_entropy(outputs, targets, reduction: nn.Reduction.Sum).ToDouble();
            right += (outputs.argmax(1) == targets).sum().ToInt64();
        }
        network.train();
        return (loss / n, (double)right / n);
    }

    public void Dispose()
    {
        foreach (var tensor in new[] { Inputs, Labels, TestInputs, TestLabels, ProbeInputs, ProbeTargets, Start }) tensor?.Dispose();
    }
}
