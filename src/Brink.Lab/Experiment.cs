using System.Diagnostics.CodeAnalysis;
using Brink.Zoo.Datasets;

namespace Brink.Lab;

/// <summary>Everything that decides the numbers of a run. It is saved with the run, and gives them
/// again.</summary>
/// <param name="Data">What is learnt.</param>
/// <param name="Model">By what.</param>
/// <param name="Loss">How an error counts.</param>
/// <param name="LabelSmoothing">Share of each target that is spread over all classes.</param>
/// <param name="WeightDecay">lambda of a further term lambda/2 ||theta||^2 of the loss.</param>
/// <param name="LearningRate">eta.</param>
/// <param name="Seed">Of the initial parameters and of the random rows of the eigenpair trackers.</param>
/// <param name="MicroBatch">Samples in one forward pass; it changes memory and speed, not the result.</param>
/// <param name="ExpansionBudgetMb">MiB that one expansion of the loss may keep.</param>
/// <param name="Descent">The run to instability.</param>
/// <param name="Tracking">What follows it.</param>
/// <param name="Engine">What differentiates the loss.</param>
public sealed record Experiment(
    DataSpec Data,
    ModelSpec Model,
    LossKind Loss,
    double LabelSmoothing,
    double WeightDecay,
    double LearningRate,
    long Seed,
    int MicroBatch,
    int ExpansionBudgetMb,
    DescentSpec Descent,
    TrackingSpec Tracking,
    DerivativeEngine Engine = DerivativeEngine.Taylor)
    : Study(Data, Model, Loss, LabelSmoothing, WeightDecay, Seed, MicroBatch, ExpansionBudgetMb, Engine)
{
    public override string Kind => "edge";

    /// <summary>2/eta.</summary>
    public double Threshold => 2 / LearningRate;

    /// <exception cref="ExperimentException">The first value that makes no sense, by its path.</exception>
    public override Experiment Checked()
    {
        Positive("learning_rate", LearningRate);
        CheckShared();
        if (Model is MlpSpec { Hidden.Count: 0 } && Loss is LossKind.Mse or LossKind.BinaryMse)
            throw new ExperimentException("model.hidden: none; a squared loss is then quadratic, its sharpness constant");
        AtLeast("descent.max_steps", Descent.MaxSteps, 0);
        Positive("descent.sharpness_tolerance", Descent.SharpnessTolerance);
        AtLeast("tracking.steps", Tracking.Steps, 0);
        Positive("tracking.constraint_tolerance", Tracking.ConstraintTolerance);
        Positive("tracking.eigenvector_tolerance", Tracking.EigenvectorTolerance);
        Positive("tracking.sharpness_tolerance", Tracking.SharpnessTolerance);
        Positive("tracking.flow_tolerance", Tracking.FlowTolerance);
        AtLeast("tracking.sharpness_every", Tracking.SharpnessEvery, 1);
        AtLeast("tracking.theory_every", Tracking.TheoryEvery, 1);
        AtLeast("tracking.normals_every", Tracking.NormalsEvery, 1);
        return this;
    }
}

/// <param name="Set">Which data set.</param>
/// <param name="Path">Folder with its full files, or one file of them; without it the embedded subset, or the
/// set's place in the data folder.</param>
/// <param name="Classes">Those that are used; the first becomes output 0. Of a file of samples, the classes that it may
/// have; empty: 0 to its largest.</param>
/// <param name="Samples">So many of these classes, in equal shares; of all classes of an image set and of a file of samples,
/// the first so many. Null: all samples of the file.</param>
/// <param name="Pool">Side of the squares that are averaged; 1 leaves the images as they are.</param>
/// <param name="Vocabulary">File of the word pieces of sentences; without it they are learnt from all of the
/// set's.</param>
/// <param name="VocabularySize">Of the vocabulary that is learnt. With 8,000 pieces the first 1,000 sentences
/// of SST-2 have at most 59 tokens, below the 64 positions of the paper's Transformer; with 4,000, 66. Of a file of tokens,
/// one more than the largest that it may have.</param>
public sealed record DataSpec(
    DatasetName Set,
    [FilePath] string? Path,
    IReadOnlyList<int> Classes,
    int? Samples,
    int Pool,
    [FilePath] string? Vocabulary = null,
    int VocabularySize = 8000)
{
    /// <summary>All samples of a file, as they are: what data.set=file starts from.</summary>
    public static readonly DataSpec File = new(DatasetName.File, null, [], null, Pool: 1);
}

/// <summary>Only Fashion-MNIST is embedded, a subset of it.</summary>
public enum DatasetName
{
    FashionMnist,
    Mnist,

    /// <summary>In its binary layout.</summary>
    Cifar10,

    /// <summary>In the layout of GLUE.</summary>
    Sst2,

    /// <summary>A file of samples, .npz or .csv.</summary>
    File,
}

public static class DatasetNameExtensions
{
    public static int Classes(this DatasetName set) => set switch
    {
        DatasetName.FashionMnist => FashionMnist.Classes,
        DatasetName.Mnist => Mnist.Classes,
        DatasetName.Cifar10 => Cifar10.Classes,
        DatasetName.Sst2 => Sst2.Classes,
        _ => throw new ArgumentOutOfRangeException(nameof(set), set, "no such data set"),
    };
}

public enum LossKind
{
    /// <summary>Squared error, summed over the classes, no 1/2.</summary>
    Mse,
    CrossEntropy,

    /// <summary>Squared error of one output against -1 for the first class and +1 for the second.</summary>
    BinaryMse,

    /// <summary>Logistic loss of one output, with the same targets.</summary>
    Logistic,
}

public static class LossKindExtensions
{
    /// <summary>Whether one output tells two classes apart.</summary>
    public static bool IsBinary(this LossKind loss) => loss is LossKind.BinaryMse or LossKind.Logistic;
}

/// <summary>Descent until the sharpness reaches 2/eta.</summary>
/// <param name="MaxSteps">Steps after which 2/eta counts as not reached.</param>
/// <param name="SharpnessTolerance">Residual of the sharpness, relative to it.</param>
/// <param name="Precision">In which it is computed.</param>
public sealed record DescentSpec(int MaxSteps, double SharpnessTolerance, DescentPrecision Precision = DescentPrecision.Float32);

/// <summary>The tracked phase in float64.</summary>
/// <param name="Steps">From the point of instability.</param>
/// <param name="ConstraintTolerance">Of both constraints of the constrained trajectory, relative.</param>
/// <param name="EigenvectorTolerance">Residual of u on the constrained trajectory, relative to S.</param>
/// <param name="SharpnessTolerance">Residual of the other sharpnesses; the error of the value is about its
/// square.</param>
/// <param name="FlowTolerance">Error of a substep of gradient flow, relative to ||theta||.</param>
/// <param name="SharpnessEvery">Steps between two measurements of the sharpness of descent, flow and predictions; that of the
/// constrained trajectory is known at every step.</param>
/// <param name="TheoryEvery">Steps between two measurements of what the theory rests on: its assumptions, F(x), beta of s to
/// t.</param>
/// <param name="NormalsEvery">Steps between two measurements of the normals of the stable set along which the constrained
/// trajectory is projected; 1: at every linear projection, as in the authors' code.</param>
/// <param name="Predictions">Which predictions are followed.</param>
public sealed record TrackingSpec(
    int Steps,
    double ConstraintTolerance,
    double EigenvectorTolerance,
    double SharpnessTolerance,
    double FlowTolerance,
    int SharpnessEvery,
    int TheoryEvery,
    int NormalsEvery = 1,
    PredictionSet Predictions = PredictionSet.Paper);

/// <summary>Predictions of gradient descent that a run follows.</summary>
public enum PredictionSet
{
    /// <summary>The paper's, in the frame that turns with the top eigenvector.</summary>
    Paper,

    /// <summary>Besides those, the ones of the authors' code (<see cref="Brink.Dynamics.Stabilization.FixedFrameDynamics"/>).</summary>
    PaperAndCode,
}

/// <summary>The precision of the descent to instability.</summary>
[SuppressMessage("Naming", "CA1720", Justification = "The words of an experiment, as NumPy and PyTorch have them.")]
public enum DescentPrecision
{
    /// <summary>As in the paper.</summary>
    Float32,
    Float64,
}

/// <summary>An experiment that cannot be: the message says where and why, in one line, whatever it quotes.</summary>
public sealed class ExperimentException : Exception
{
    public ExperimentException()
    {
    }

    public ExperimentException(string message)
        : base(Quoted.OneLine(message))
    {
    }

    public ExperimentException(string message, Exception inner)
        : base(Quoted.OneLine(message), inner)
    {
    }
}
