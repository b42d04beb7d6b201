using Brink.Games;

namespace Brink.Lab;

/// <summary>All settings that determine the numbers of a meta-training on any games. They are saved with the weights.</summary>
/// <param name="Epochs">Batches of games.</param>
/// <param name="Hidden">Hidden units of the optimizer.</param>
/// <param name="ValidateEvery">Epochs between validations.</param>
/// <param name="Seed">Seed of all random draws except those of the validation.</param>
public abstract record OptimizerTraining(int Epochs, int Hidden, int ValidateEvery, long Seed) : Study(Seed)
{
    /// <summary>The quantity that a score counts, in words.</summary>
    public abstract string Counted { get; }

    /// <summary>Returns the method of training.</summary>
    public abstract IMetaTraining Method();

    /// <summary>Returns a score of weights on games other than those of the training; lower is better. The tensors that the
    /// score holds belong to the caller's dispose scope.</summary>
    public abstract Func<LearnedOptimizer, double> Validation();
}
